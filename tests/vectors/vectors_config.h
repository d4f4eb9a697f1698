/* SPDX-License-Identifier: Apache-2.0 */
/* What a configuration means, as the files record it. */
#ifndef ZT_TESTS_VECTORS_CONFIG_H
#define ZT_TESTS_VECTORS_CONFIG_H

#include "vectors.h"

#include "vl2/config.h"

/* NULL, or what is not as it was decoded. */
const char *vectors_config_means(const struct zt_config *config, const json_t *decoded);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in planet. docs/wire.md 5.3. */
#ifndef ZT_SERVICE_DEFAULT_PLANET_H
#define ZT_SERVICE_DEFAULT_PLANET_H

#include <stdint.h>

#define ZT_DEFAULT_PLANET_LENGTH 570

extern const uint8_t zt_default_planet[ZT_DEFAULT_PLANET_LENGTH];

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* `zt rules test`: what rules do with a frame. */
#ifndef ZT_CMD_RULES_TEST_H
#define ZT_CMD_RULES_TEST_H

#define ZT_EXIT_DROPPED 3 /* the frame does not arrive */

int zt_rules_test(int count, char **arguments);

#endif

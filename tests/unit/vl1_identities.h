/* SPDX-License-Identifier: Apache-2.0 */
/* Two identities in their text form. */
#ifndef ZT_TESTS_VL1_IDENTITIES_H
#define ZT_TESTS_VL1_IDENTITIES_H

#define PUBLIC_A                                                                                   \
    "d5c7701e66:0:"                                                                                \
    "892e1389aa3cf54d761388199e300348c766b0caf4e4b16fabd083a34b4d134d"                             \
    "ea270680cb7a4f1b1d2832e81d6e39acdb5c992508d1d225659799b37ffb3085"
#define SECRET_A                                                                                   \
    PUBLIC_A                                                                                       \
    ":"                                                                                            \
    "193cd113ec686a53131bb53ee8cb7d78b31d438370a4adc554904ee6bfe573cf"                             \
    "3dcb11b0578a42bb400ad35f7e84072b13284030b04468438b82877f90572334"
#define SECRET_B                                                                                   \
    "d100709176:0:"                                                                                \
    "1564bd57510a66c8a5e413c80bb2498e5a59df32e2b24e9a7d61c7dd0fcf5620"                             \
    "c84cc189df006eb69112e647497163d270b0590472c1cf210bc0c4ea5373f97c"                             \
    ":"                                                                                            \
    "4963ada494ef888c4bd5fd112246464869701fb80d5747ed3db6a87276b84113"                             \
    "24b055043f5c0c8515570b9b1c97f161fb5d9d859863c82260918db2f27b37cf"

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Who the nodes of the two laboratories are, and where. */
#ifndef ZT_TESTS_UNIT_LAB_IDENTITIES_H
#define ZT_TESTS_UNIT_LAB_IDENTITIES_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/endpoint.h"
#include "vl1/identity.h"

#include <string.h>

enum { LAB_IDENTITIES = 5, LAB_PORT = 9993 };

static const char *const lab_identities[LAB_IDENTITIES] = {
    "d534ef1ee6:0:ba0a3e80dccfa83d16dd2001160937f437dc77c696952f53884733d337464d5445d331d8008a621b"
    "027e4cd4a6ea86b2d5c7f91cc31d029c28f88c34e33d4e1c:8bc832f3d0537ad2bf957d5889bc966a6284a27226dc"
    "eb212d86e7521f1df5c7da64af5ea387d3bc2b41d4e09da5a8e12d14481bde69525f41b927d36e01075f",
    "c6282da7c4:0:3cfdbd8703ce96c571e8ca5cd2eb4f677bc273640040dcbdc3f0937d310cd96fa5c81ad46f6d1aba"
    "4cf1cbe9e787cc7369d40273ee503db9fb2a1750ac7523a7:0feaffed5134af6db2c9171b9e689044707b5d759ea2"
    "04fbfd85e328838386c7ec34f80a66b34aa6e725cf0bcf05682808754806de6b094504e546a1afa69a9d",
    "18026e9eb7:0:3d6fd3fbc80951fddec97fa52204760b55282a823c2c54f557fb2004d8da183ecb4b3c80860b5365"
    "8dfbf265b17480b0a6d2326c2f4a2a681277894c2969bdaa:17b69b600e40bdf2877d983a3120351ad6362f000df2"
    "4e010249966e7a99b40a61f60dec7a5bdcc70f9e6492e6e2caf3fd4065bb41e22bd2c2d079c102f6359f",
    "5252d46b59:0:b5a968f95c186f85d0f3b2e9f3f3aaee72b777a3919efef901107b49a8a3a37dc7e366e0d9583ad3"
    "475051adf24b76b3d200896e717c76ae8a4a3bf30254a1d5:bff64d339a35a041fb7c4f845168d2322144f90a7bb6"
    "97cf6e0dc42381fee38089c15d39110b7bc3ffcc210d7f5acb2d62d7c431b9d8142b3b2461117025f9c2",
    "6695153f4e:0:e579796ca221df03dde84413f7d2cc1a3889a7c43eddc027bc6ae4a7617bcc550412571bef8e58bc"
    "eb0e22a02c10e8364773877f179da5a98daba2cd5e4b6f5c:776e88e44af97c52cd675807b0d7df37eea49a27de42"
    "5bc1be0b222ebabd897c5406afc7683b52423aa91f94c301757c36a12984c7eee795bfa1b51c563c441a",
};

static inline struct zt_identity lab_identity(size_t i)
{
    struct zt_identity identity;

    assert_true(zt_identity_parse(&identity, lab_identities[i], strlen(lab_identities[i])));
    return identity;
}

static inline struct zt_endpoint lab_endpoint(size_t i)
{
    uint8_t ip[4] = { 10, 0, (uint8_t)i, 1 }; /* one /24 each, as the gate counts */

    return zt_endpoint_v4(ip, LAB_PORT);
}

#endif

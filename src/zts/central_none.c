/* SPDX-License-Identifier: Apache-2.0 */
/* Carries no requests: zts_central_* in a library that was built without libcurl. */
#include "zts/central.h"

bool zts_central_carrier_open(void)
{
    return false;
}

void zts_central_carrier_close(void)
{
}

bool zts_central_carry(const struct zts_central_request *request, struct zts_central_answer *answer)
{
    (void)request;
    (void)answer;
    return false;
}

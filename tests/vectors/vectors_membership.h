/* SPDX-License-Identifier: Apache-2.0 */
/* The part of the credentials vectors that needs the memory of a member. */
#ifndef ZT_TESTS_VECTORS_MEMBERSHIP_H
#define ZT_TESTS_VECTORS_MEMBERSHIP_H

#include "vectors.h"

/* Would the holder of one certificate accept another? */
vectors_case vectors_com_agreement;
/* A NETWORK_CREDENTIALS payload as a member sends it. */
vectors_case vectors_credentials_payload;
/* Credentials of B given to a member one after another. */
void vectors_membership_sequences(struct vectors_run *run, const json_t *root);

#endif

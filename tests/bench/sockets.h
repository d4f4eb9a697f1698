/* SPDX-License-Identifier: Apache-2.0 */
/* The same socket calls on either stack, so that what is compared is one program. */
#ifndef BENCH_SOCKETS_H
#define BENCH_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct stack {
    const char *name;
    int (*open)(bool stream);
    int (*connect)(int fd, const char *ip, uint16_t port);
    int (*bind)(int fd, const char *ip, uint16_t port);
    int (*listen)(int fd, int backlog);
    int (*accept)(int fd);
    ssize_t (*send)(int fd, const void *bytes, size_t length);
    ssize_t (*receive)(int fd, void *bytes, size_t length);
    int (*finish)(int fd); /* no more is sent */
    int (*close)(int fd);
};

extern const struct stack stack_ours, stack_kernel;

/* By name; NULL: there is none. */
const struct stack *stack_named(const char *name);

/* All of length, or false. */
bool send_all(const struct stack *stack, int fd, const void *bytes, size_t length);
bool receive_all(const struct stack *stack, int fd, void *bytes, size_t length);

#endif

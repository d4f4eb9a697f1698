/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP's semaphores, mailboxes and threads are objects of sys_arch.c. */
#ifndef ZT_STACK_ARCH_SYS_ARCH_H
#define ZT_STACK_ARCH_SYS_ARCH_H

typedef struct zt_semaphore *sys_sem_t;
typedef struct zt_monitor *sys_mutex_t;
typedef struct zt_mailbox *sys_mbox_t;
typedef struct zt_thread *sys_thread_t;
typedef int sys_prot_t;

#define sys_sem_valid(semaphore) (*(semaphore) != NULL)
#define sys_sem_set_invalid(semaphore) (*(semaphore) = NULL)
#define sys_mutex_valid(mutex) (*(mutex) != NULL)
#define sys_mutex_set_invalid(mutex) (*(mutex) = NULL)
#define sys_mbox_valid(mailbox) (*(mailbox) != NULL)
#define sys_mbox_set_invalid(mailbox) (*(mailbox) = NULL)

/* From now on nobody waits for a message: who does, or comes to, takes what is there or is told that its
   time is over. */
void zt_mailbox_end(sys_mbox_t *mailbox);
/* The message that would be taken next, which stays; NULL also if there is none. */
void *zt_mailbox_first(sys_mbox_t *mailbox);

/* Each thread that makes blocking calls has one semaphore, freed when it ends. */
sys_sem_t *zt_stack_thread_semaphore(void);
#define LWIP_NETCONN_THREAD_SEM_GET() zt_stack_thread_semaphore()
#define LWIP_NETCONN_THREAD_SEM_ALLOC()
#define LWIP_NETCONN_THREAD_SEM_FREE()

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* An event handler as Python's binding has it: a class derived from the header's. */
#define ZTS_ENABLE_PYTHON 1
#include <ZeroTierSockets.h>

#ifndef STANDS_IN_FOR_PYTHON
#error "Python.h is not included"
#endif

class Handler : public PythonDirectorCallbackClass {
  public:
    Handler() : first(0), last(0), is_deleted(0)
    {
    }
    explicit Handler(bool *deleted) : first(0), last(0), is_deleted(deleted)
    {
    }
    ~Handler()
    {
        if (is_deleted)
            *is_deleted = true;
    }
    void on_zerotier_event(zts_event_msg_t *msg)
    {
        if (first == 0)
            first = msg->event_code;
        last = msg->event_code;
    }
    int first, last;

  private:
    bool *is_deleted;
};

static const char identity[] = IDENTITY;

int main()
{
    Handler handler;
    bool is_deleted = false;

    PythonDirectorCallbackClass *other = new Handler(&is_deleted);
    if (zts_init_set_event_handler(0) != ZTS_ERR_ARG || zts_init_set_event_handler(other) != 0 ||
        zts_init_set_event_handler(&handler) != 0)
        return 1;
    delete other;
    if (!is_deleted)
        return 2;
    if (zts_init_from_memory(identity, sizeof identity) != 0 || zts_node_start() != 0)
        return 3;
    if (zts_init_set_event_handler(&handler) != ZTS_ERR_SERVICE || zts_node_free() != 0)
        return 4;
    return handler.first == ZTS_EVENT_STACK_UP && handler.last == ZTS_EVENT_NODE_DOWN ? 0 : 5;
}

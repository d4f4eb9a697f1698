/* SPDX-License-Identifier: Apache-2.0 */
/* An event handler in Java, in a virtual machine that only counts. Compiled as C and as C++. */
#define ZTS_ENABLE_JAVA 1
#include <ZeroTierSockets.h>

#include <stdarg.h>

struct object_of_java {
    int references;
};

static struct object_of_java first_object, object;
static int events, last_code, raised, cleared, failed_calls;
static uint64_t last_id;
static _Thread_local int is_attached;

static jobject new_reference(JNIEnv *env, jobject to)
{
    (void)env;
    to->references++;
    return to;
}

static void delete_reference(JNIEnv *env, jobject to)
{
    (void)env;
    to->references--;
}

static void call(JNIEnv *env, jobject to, jmethodID method, ...)
{
    va_list arguments;

    (void)env;
    va_start(arguments, method);
    last_id = (uint64_t)va_arg(arguments, jlong);
    last_code = va_arg(arguments, jint);
    va_end(arguments);
    failed_calls += to != &object || !is_attached || method == NULL;
    raised = ++events == 1;
}

static jboolean is_raised(JNIEnv *env)
{
    (void)env;
    return (jboolean)raised;
}

static void describe(JNIEnv *env)
{
    (void)env;
}

static void clear(JNIEnv *env)
{
    (void)env;
    raised = 0;
    cleared++;
}

static const struct JNINativeInterface_ environment = { new_reference, delete_reference, call,
                                                        is_raised,     describe,         clear };
#ifdef __cplusplus
static JNIEnv env_of_all = { &environment };
#else
static JNIEnv env_of_all = &environment;
#endif

static jint attach(JavaVM *vm, void **env, void *arguments)
{
    (void)vm;
    (void)arguments;
    is_attached++;
    *env = &env_of_all;
    return JNI_OK;
}

static jint detach(JavaVM *vm)
{
    (void)vm;
    is_attached--;
    return JNI_OK;
}

static jint get_env(JavaVM *vm, void **env, jint version)
{
    (void)vm;
    *env = &env_of_all;
    return version == JNI_VERSION_1_6 && is_attached ? JNI_OK : JNI_EDETACHED;
}

static const struct JNIInvokeInterface_ invocation = { attach, detach, get_env };
#ifdef __cplusplus
static JavaVM machine = { &invocation };
#else
static JavaVM machine = &invocation;
#endif

jint JNI_GetCreatedJavaVMs(JavaVM **list, jsize length, jsize *count)
{
    *count = length > 0;
    list[0] = &machine;
    return JNI_OK;
}

static const char identity[] = IDENTITY;

int main(void)
{
    jmethodID method = (jmethodID)(void *)&object;

    /* a thread that Java does not know can't hand over an object */
    if (zts_init_set_event_handler(&object, method) != ZTS_ERR_GENERAL)
        return 1;
    is_attached = 1;
    if (zts_init_set_event_handler(NULL, method) != ZTS_ERR_ARG ||
        zts_init_set_event_handler(&first_object, method) != 0 ||
        zts_init_set_event_handler(&object, method) != 0)
        return 2;
    if (first_object.references != 0 || object.references != 1)
        return 3;
    if (zts_init_from_memory(identity, sizeof identity) != 0 || zts_node_start() != 0)
        return 4;
    if (zts_init_set_event_handler(&first_object, method) != ZTS_ERR_SERVICE ||
        first_object.references != 0 || zts_node_free() != 0)
        return 5;
    if (events < 3 || failed_calls != 0 || cleared != 1)
        return 6;
    return last_code == ZTS_EVENT_NODE_DOWN && last_id != 0 ? 0 : 7;
}

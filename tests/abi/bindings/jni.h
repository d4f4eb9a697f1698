/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for Java's header: what ZeroTierSockets.h needs of it, as the specification of JNI has it. */
#ifndef STANDS_IN_FOR_JNI_H
#define STANDS_IN_FOR_JNI_H

#include <stdint.h>

typedef int32_t jint;
typedef int64_t jlong;
typedef jint jsize;
typedef unsigned char jboolean;
typedef struct object_of_java *jobject;
typedef struct method_of_java *jmethodID;

#define JNI_OK 0
#define JNI_EDETACHED (-2)
#define JNI_VERSION_1_6 0x00010006

struct JNINativeInterface_;
struct JNIInvokeInterface_;
#ifdef __cplusplus
struct JNIEnv_ {
    const struct JNINativeInterface_ *functions;
};
struct JavaVM_ {
    const struct JNIInvokeInterface_ *functions;
};
typedef struct JNIEnv_ JNIEnv;
typedef struct JavaVM_ JavaVM;
#else
typedef const struct JNINativeInterface_ *JNIEnv;
typedef const struct JNIInvokeInterface_ *JavaVM;
#endif

struct JNINativeInterface_ {
    jobject (*NewGlobalRef)(JNIEnv *env, jobject object);
    void (*DeleteGlobalRef)(JNIEnv *env, jobject object);
    void (*CallVoidMethod)(JNIEnv *env, jobject object, jmethodID method, ...);
    jboolean (*ExceptionCheck)(JNIEnv *env);
    void (*ExceptionDescribe)(JNIEnv *env);
    void (*ExceptionClear)(JNIEnv *env);
};

struct JNIInvokeInterface_ {
    jint (*AttachCurrentThread)(JavaVM *vm, void **env, void *arguments);
    jint (*DetachCurrentThread)(JavaVM *vm);
    jint (*GetEnv)(JavaVM *vm, void **env, jint version);
};

jint JNI_GetCreatedJavaVMs(JavaVM **list, jsize length, jsize *count);

#endif

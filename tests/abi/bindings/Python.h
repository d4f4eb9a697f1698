/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for Python's header, which must come first: it sees to it. */
#ifdef ZTS_API
#error "Python.h must be included before all else"
#endif
#define STANDS_IN_FOR_PYTHON 1

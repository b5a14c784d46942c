#ifndef CPROCESSORS_H
#define CPROCESSORS_H
#include <pthread.h>

/// How many processors this process may use; at least 1.
int processors_count(void);

/// The one that the calling thread runs on; -1 where the system does not say.
int processors_current(void);

/// Lets a thread run on any processor that the process may use but this one, from the next time it is woken on; -1: on any.
/// A wish: where the system refuses it, or there is no other processor, the thread runs where it did.
void processors_keep_off(pthread_t thread, int processor);
#endif

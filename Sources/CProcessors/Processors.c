#define _GNU_SOURCE
#include "CProcessors.h"

#include <unistd.h>

#ifdef __linux__
#include <sched.h>

// The process's first thread is the one whose processors an administrator chooses.
static int read_allowed(cpu_set_t *set) { return sched_getaffinity(getpid(), sizeof *set, set); }

int processors_count(void) {
    cpu_set_t set;
    return read_allowed(&set) == 0 && CPU_COUNT(&set) > 0 ? CPU_COUNT(&set) : 1;
}

int processors_current(void) { return sched_getcpu(); }

void processors_keep_off(pthread_t thread, int processor) {
    cpu_set_t set;
    if (read_allowed(&set) != 0) return;
    if (processor >= 0 && processor < CPU_SETSIZE) CPU_CLR(processor, &set);
    if (CPU_COUNT(&set) > 0) pthread_setaffinity_np(thread, sizeof set, &set);
}
#else
int processors_count(void) {
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (int)count : 1;
}

int processors_current(void) { return -1; }

void processors_keep_off(pthread_t thread, int processor) {
    (void)thread;
    (void)processor;
}
#endif

/* A clock for a program under test: twenty minutes ahead, from when the file named by LATER is there. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *now) {
    int (*told)(clockid_t, struct timespec *) = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int outcome = told(clock, now);
    const char *file = getenv("LATER");
    if (outcome == 0 && file != NULL && access(file, F_OK) == 0) {
        now->tv_sec += 20 * 60;
    }
    return outcome;
}

/* A libnvidia-ml.so.1 for tests. It reads the file named by FAKE_NVML on every call, so a test can
 * edit it while a program watches: unplug a GPU, fill its memory, let a call hang, raise an Xid.
 *
 * One line of the file is one fact; '#' begins a comment:
 *     driver 575.51                      gpus 2
 *     0 name NVIDIA H100                 0 uuid GPU-0
 *     0 util 97                          0 mem_util 40
 *     0 mem_total 85899345920            0 mem_used 1073741824      0 mem_reserved 600000000
 *     0 temp 61   0 temp_slow 90         0 power 412000             0 power_limit 700000
 *     0 energy 5000000                   0 clock 1755  0 clock_max 1980
 *     0 throttle 0x4                     0 fan 40                   0 pstate 0
 *     0 proc 4242 1073741824             0 gproc 17 5000000         0 pci 00000000:05:00.0
 *     0 lost 1                           0 mig 1g.10gb 10737418240 1073741824
 *     init_error 9                       hang_ms 300                missing nvmlDeviceGetFanSpeed
 *     xid 0 79                           (delivered once per process)
 * What is not in the file is NotSupported. Every call is counted in the file named by
 * FAKE_NVML_COUNT, one name a line.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <fcntl.h>
#include <time.h>

enum { OK = 0, UNINIT = 1, INVALID = 2, NOT_SUPPORTED = 3, NO_PERMISSION = 4, NOT_FOUND = 6,
       INSUFFICIENT = 7, DRIVER = 9, TIMEOUT = 10, FUNCTION = 13, LOST = 15 };
enum { MIG_BASE = 1000 };

typedef struct { char text[65536]; } State;

static void state(State *s) {
    s->text[0] = 0;
    const char *path = getenv("FAKE_NVML");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) return;
    ssize_t n = read(fd, s->text, sizeof s->text - 1);
    s->text[n > 0 ? n : 0] = 0;
    close(fd);
}

/* The rest of the nth line that begins with `key`, copied to `out`; 0 if there is none. */
static int fact(const State *s, const char *key, int nth, char *out, size_t size) {
    size_t len = strlen(key);
    for (const char *p = s->text; *p;) {
        const char *end = strchr(p, '\n');
        size_t n = end ? (size_t)(end - p) : strlen(p);
        if (n > len && !strncmp(p, key, len) && p[len] == ' ' && nth-- == 0) {
            n -= len + 1;
            if (n >= size) n = size - 1;
            memcpy(out, p + len + 1, n);
            out[n] = 0;
            return 1;
        }
        if (!end) break;
        p = end + 1;
    }
    return 0;
}

static int enter(const char *name, State *s) {
    state(s);
    const char *count = getenv("FAKE_NVML_COUNT");
    if (count) {
        int fd = open(count, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
        if (fd >= 0) { dprintf(fd, "%s\n", name); close(fd); }
    }
    char word[128];
    if (fact(s, "hang_ms", 0, word, sizeof word)) {
        long ms = atol(word);
        struct timespec t = { ms / 1000, (ms % 1000) * 1000000L };
        nanosleep(&t, NULL);
    }
    for (int i = 0; fact(s, "missing", i, word, sizeof word); i++)
        if (!strcmp(word, name)) return FUNCTION;
    return OK;
}

#define ENTER State s; int e = enter(__func__, &s); if (e) return e
static int index_of(void *h) { return (int)(intptr_t)h - 1; }
static int is_mig(int i) { return i >= MIG_BASE; }

static int of(const State *s, int i, const char *name, char *out, size_t size) {
    char key[64], lost[8];
    int gpu = is_mig(i) ? (i - MIG_BASE) / 10 : i;
    snprintf(key, sizeof key, "%d lost", gpu);
    if (fact(s, key, 0, lost, sizeof lost) && atoi(lost)) return LOST;
    snprintf(key, sizeof key, "%d %s", i, name);
    return fact(s, key, 0, out, size) ? OK : NOT_SUPPORTED;
}

static int number(const State *s, void *h, const char *name, unsigned long long *out) {
    char word[64];
    if (is_mig(index_of(h))) return NOT_SUPPORTED;
    int e = of(s, index_of(h), name, word, sizeof word);
    if (!e) *out = strtoull(word, NULL, 0);
    return e;
}

#define U32(FUNC, NAME) int FUNC(void *h, unsigned *out) { \
    ENTER; unsigned long long v; e = number(&s, h, NAME, &v); if (!e) *out = (unsigned)v; return e; }

int nvmlInit_v2(void) { ENTER; char w[32]; return fact(&s, "init_error", 0, w, sizeof w) ? atoi(w) : OK; }
int nvmlInitWithFlags(unsigned flags) {
    (void)flags; ENTER; char w[32];
    return fact(&s, "init_error", 0, w, sizeof w) ? atoi(w) : OK;
}
int nvmlShutdown(void) { ENTER; return OK; }

const char *nvmlErrorString(int e) {
    switch (e) {
    case OK: return "Success";
    case NOT_SUPPORTED: return "Not Supported";
    case NO_PERMISSION: return "Insufficient Permissions";
    case NOT_FOUND: return "Not Found";
    case DRIVER: return "Driver Not Loaded";
    case TIMEOUT: return "Timeout";
    case FUNCTION: return "Function Not Found";
    case LOST: return "GPU is lost";
    case 18: return "Driver/library version mismatch";
    default: return "Unknown Error";
    }
}

static int text(const char *from, char *to, unsigned size) {
    snprintf(to, size, "%s", from);
    return OK;
}
int nvmlSystemGetDriverVersion(char *out, unsigned size) {
    ENTER; char w[64];
    return text(fact(&s, "driver", 0, w, sizeof w) ? w : "575.51.02", out, size);
}
int nvmlSystemGetNVMLVersion(char *out, unsigned size) { ENTER; return text("12.575.51.02", out, size); }
int nvmlSystemGetCudaDriverVersion(int *out) { ENTER; *out = 12090; return OK; }
int nvmlSystemGetCudaDriverVersion_v2(int *out) { ENTER; *out = 12090; return OK; }

static int count(const State *s) { char w[16]; return fact(s, "gpus", 0, w, sizeof w) ? atoi(w) : 0; }
int nvmlDeviceGetCount_v2(unsigned *out) { ENTER; *out = (unsigned)count(&s); return OK; }
int nvmlDeviceGetHandleByIndex_v2(unsigned i, void **out) {
    ENTER;
    if ((int)i >= count(&s)) return INVALID;
    char w[8], key[32];
    snprintf(key, sizeof key, "%u lost_at_start", i);
    if (fact(&s, key, 0, w, sizeof w)) return LOST;
    *out = (void *)(intptr_t)(i + 1);
    return OK;
}
int nvmlDeviceGetHandleByUUID(const char *uuid, void **out) {
    ENTER;
    for (int i = 0; i < count(&s); i++) {
        char w[96];
        if (!of(&s, i, "uuid", w, sizeof w) && !strcmp(w, uuid)) { *out = (void *)(intptr_t)(i + 1); return OK; }
    }
    return NOT_FOUND;
}
int nvmlDeviceGetHandleByPciBusId_v2(const char *id, void **out) { (void)id; (void)out; ENTER; return NOT_FOUND; }
int nvmlDeviceGetIndex(void *h, unsigned *out) { ENTER; *out = (unsigned)index_of(h); return OK; }

static int mig_line(const State *s, int i, char *name, unsigned long long *total, unsigned long long *used) {
    char key[32], w[128];
    snprintf(key, sizeof key, "%d mig", (i - MIG_BASE) / 10);
    if (!fact(s, key, (i - MIG_BASE) % 10, w, sizeof w)) return NOT_FOUND;
    return sscanf(w, "%63s %llu %llu", name, total, used) == 3 ? OK : NOT_FOUND;
}
int nvmlDeviceGetName(void *h, char *out, unsigned size) {
    ENTER;
    char w[96]; int i = index_of(h);
    if (is_mig(i)) {
        unsigned long long total, used; char name[64], full[128];
        e = mig_line(&s, i, name, &total, &used);
        if (e) return e;
        snprintf(full, sizeof full, "NVIDIA Pretend MIG %s", name);
        return text(full, out, size);
    }
    e = of(&s, i, "name", w, sizeof w);
    return e == LOST ? e : text(e ? "NVIDIA Pretend" : w, out, size);
}
int nvmlDeviceGetUUID(void *h, char *out, unsigned size) {
    ENTER;
    char w[96]; int i = index_of(h);
    if (is_mig(i)) { snprintf(w, sizeof w, "MIG-%d", i); return text(w, out, size); }
    e = of(&s, i, "uuid", w, sizeof w);
    if (e == LOST) return e;
    if (e) snprintf(w, sizeof w, "GPU-%d", i);
    return text(w, out, size);
}
int nvmlDeviceGetSerial(void *h, char *out, unsigned size) { (void)h; (void)out; (void)size; ENTER; return NOT_SUPPORTED; }

typedef struct { char legacy[16]; unsigned domain, bus, device, id, sub; char bus_id[32]; } Pci;
int nvmlDeviceGetPciInfo_v3(void *h, Pci *out) {
    ENTER;
    char w[64];
    e = of(&s, index_of(h), "pci", w, sizeof w);
    if (e == LOST) return e;
    if (e) snprintf(w, sizeof w, "00000000:%02X:00.0", index_of(h) + 1);
    memset(out, 0, sizeof *out);
    snprintf(out->bus_id, sizeof out->bus_id, "%.31s", w);
    snprintf(out->legacy, sizeof out->legacy, "%.15s", w + 4);
    sscanf(w, "%x:%x:%x", &out->domain, &out->bus, &out->device);
    return OK;
}

typedef struct { unsigned long long total, free, used; } Memory;
typedef struct { unsigned version; unsigned long long total, reserved, free, used; } Memory2;
static int memory(const State *s, void *h, unsigned long long *total, unsigned long long *used, unsigned long long *reserved) {
    int i = index_of(h);
    *reserved = 0;
    if (is_mig(i)) { char name[64]; return mig_line(s, i, name, total, used); }
    int e = number(s, h, "mem_total", total);
    if (e) return e;
    if (number(s, h, "mem_used", used)) *used = 0;
    if (number(s, h, "mem_reserved", reserved)) *reserved = 0;
    return OK;
}
int nvmlDeviceGetMemoryInfo(void *h, Memory *out) {
    ENTER; unsigned long long total, used, reserved;
    e = memory(&s, h, &total, &used, &reserved);
    if (e) return e;
    *out = (Memory){ total, total - used - reserved, used + reserved };
    return OK;
}
int nvmlDeviceGetMemoryInfo_v2(void *h, Memory2 *out) {
    ENTER; unsigned long long total, used, reserved;
    e = memory(&s, h, &total, &used, &reserved);
    if (e) return e;
    unsigned version = out->version;
    *out = (Memory2){ version, total, reserved, total - used - reserved, used };
    return OK;
}
typedef struct { unsigned long long total, free, used; } Bar1;
int nvmlDeviceGetBAR1MemoryInfo(void *h, Bar1 *out) { (void)h; (void)out; ENTER; return NOT_SUPPORTED; }

typedef struct { unsigned gpu, memory; } Utilization;
int nvmlDeviceGetUtilizationRates(void *h, Utilization *out) {
    ENTER; unsigned long long gpu, mem = 0;
    e = number(&s, h, "util", &gpu);
    if (e) return e;
    if (number(&s, h, "mem_util", &mem)) mem = 0;
    *out = (Utilization){ (unsigned)gpu, (unsigned)mem };
    return OK;
}
int nvmlDeviceGetTemperature(void *h, int sensor, unsigned *out) {
    (void)sensor; ENTER; unsigned long long v; e = number(&s, h, "temp", &v); if (!e) *out = (unsigned)v; return e;
}
int nvmlDeviceGetTemperatureThreshold(void *h, int kind, unsigned *out) {
    ENTER; unsigned long long v;
    if (kind != 1) return NOT_SUPPORTED;
    e = number(&s, h, "temp_slow", &v); if (!e) *out = (unsigned)v; return e;
}
U32(nvmlDeviceGetPowerUsage, "power")
U32(nvmlDeviceGetEnforcedPowerLimit, "power_limit")
U32(nvmlDeviceGetPowerManagementLimit, "power_limit")
U32(nvmlDeviceGetFanSpeed, "fan")
U32(nvmlDeviceGetPerformanceState, "pstate")
U32(nvmlDeviceGetPowerState, "pstate")
U32(nvmlDeviceGetComputeMode, "compute_mode")
U32(nvmlDeviceGetPersistenceMode, "persistence")
U32(nvmlDeviceGetDisplayActive, "display")
U32(nvmlDeviceGetDisplayMode, "display")
U32(nvmlDeviceGetCurrPcieLinkGeneration, "pcie_gen")
U32(nvmlDeviceGetCurrPcieLinkWidth, "pcie_width")
U32(nvmlDeviceGetMaxPcieLinkGeneration, "pcie_gen")
U32(nvmlDeviceGetMaxPcieLinkWidth, "pcie_width")
int nvmlDeviceGetTotalEnergyConsumption(void *h, unsigned long long *out) { ENTER; return number(&s, h, "energy", out); }
int nvmlDeviceGetCurrentClocksEventReasons(void *h, unsigned long long *out) { ENTER; return number(&s, h, "throttle", out); }
int nvmlDeviceGetCurrentClocksThrottleReasons(void *h, unsigned long long *out) { ENTER; return number(&s, h, "throttle", out); }
int nvmlDeviceGetClockInfo(void *h, int kind, unsigned *out) {
    (void)kind; ENTER; unsigned long long v; e = number(&s, h, "clock", &v); if (!e) *out = (unsigned)v; return e;
}
int nvmlDeviceGetMaxClockInfo(void *h, int kind, unsigned *out) {
    (void)kind; ENTER; unsigned long long v; e = number(&s, h, "clock_max", &v); if (!e) *out = (unsigned)v; return e;
}
int nvmlDeviceGetPcieThroughput(void *h, int kind, unsigned *out) { (void)h; (void)kind; (void)out; ENTER; return NOT_SUPPORTED; }
int nvmlDeviceGetEncoderUtilization(void *h, unsigned *a, unsigned *b) { (void)h; ENTER; *a = 0; *b = 0; return OK; }
int nvmlDeviceGetDecoderUtilization(void *h, unsigned *a, unsigned *b) { (void)h; ENTER; *a = 0; *b = 0; return OK; }
int nvmlDeviceGetTotalEccErrors(void *h, int a, int b, unsigned long long *out) { (void)h; (void)a; (void)b; (void)out; ENTER; return NOT_SUPPORTED; }
int nvmlDeviceGetDriverModel(void *h, unsigned *a, unsigned *b) { (void)h; (void)a; (void)b; ENTER; return NOT_SUPPORTED; }
int nvmlDeviceGetDriverModel_v2(void *h, unsigned *a, unsigned *b) { (void)h; (void)a; (void)b; ENTER; return NOT_SUPPORTED; }
int nvmlDeviceGetCurrentDriverModel(void *h, unsigned *out) { (void)h; (void)out; ENTER; return NOT_SUPPORTED; }
int nvmlDeviceGetCudaComputeCapability(void *h, int *a, int *b) { (void)h; ENTER; *a = 9; *b = 0; return OK; }
int nvmlDeviceGetFieldValues(void *h, int n, void *v) { (void)h; (void)n; (void)v; ENTER; return NOT_SUPPORTED; }

typedef struct { unsigned pid; unsigned long long memory; unsigned gi, ci; } Proc3;
static int processes(const State *s, void *h, const char *name, unsigned *n, Proc3 *out) {
    char key[32], w[96];
    int i = index_of(h);
    if (is_mig(i)) { *n = 0; return OK; }
    if (of(s, i, "lost", w, sizeof w) == LOST) return LOST;
    snprintf(key, sizeof key, "%d %s", i, name);
    unsigned found = 0;
    while (fact(s, key, (int)found, w, sizeof w)) found++;
    if (found > *n || (found && !out)) { *n = found; return INSUFFICIENT; }
    for (unsigned k = 0; k < found; k++) {
        fact(s, key, (int)k, w, sizeof w);
        unsigned long long mem = ~0ULL;
        sscanf(w, "%u %llu", &out[k].pid, &mem);
        out[k].memory = mem;
        out[k].gi = out[k].ci = 0xFFFFFFFF;
    }
    *n = found;
    return OK;
}
#define PROCS(FUNC, NAME) int FUNC(void *h, unsigned *n, Proc3 *out) { ENTER; return processes(&s, h, NAME, n, out); }
#ifndef OLD_DRIVER
PROCS(nvmlDeviceGetComputeRunningProcesses_v3, "proc")
PROCS(nvmlDeviceGetGraphicsRunningProcesses_v3, "gproc")
PROCS(nvmlDeviceGetMPSComputeRunningProcesses_v3, "mproc")
#endif
PROCS(nvmlDeviceGetComputeRunningProcesses_v2, "proc")
PROCS(nvmlDeviceGetGraphicsRunningProcesses_v2, "gproc")
int nvmlDeviceGetProcessUtilization(void *h, void *out, unsigned *n, unsigned long long since) {
    (void)h; (void)out; (void)n; (void)since; ENTER; return NOT_FOUND;
}

static int migs(const State *s, int i) {
    char key[32], w[96]; int n = 0;
    snprintf(key, sizeof key, "%d mig", i);
    while (n < 9 && fact(s, key, n, w, sizeof w)) n++;
    return n;
}
int nvmlDeviceGetMigMode(void *h, unsigned *now, unsigned *next) {
    ENTER; int i = index_of(h);
    if (is_mig(i)) return NOT_SUPPORTED;
    char w[8];
    if (!migs(&s, i)) { if (of(&s, i, "lost", w, sizeof w) == LOST) return LOST; return NOT_SUPPORTED; }
    *now = *next = 1;
    return OK;
}
int nvmlDeviceGetMaxMigDeviceCount(void *h, unsigned *out) { ENTER; *out = (unsigned)migs(&s, index_of(h)); return OK; }
int nvmlDeviceGetMigDeviceHandleByIndex(void *h, unsigned i, void **out) {
    ENTER;
    if ((int)i >= migs(&s, index_of(h))) return NOT_FOUND;
    *out = (void *)(intptr_t)(MIG_BASE + index_of(h) * 10 + (int)i + 1);
    return OK;
}
int nvmlDeviceIsMigDeviceHandle(void *h, unsigned *out) { ENTER; *out = is_mig(index_of(h)); return OK; }

typedef struct { void *device; unsigned long long type, data; unsigned gi, ci; } Event;
static int told;
int nvmlEventSetCreate(void **out) { ENTER; *out = (void *)1; return OK; }
int nvmlEventSetFree(void *set) { (void)set; ENTER; return OK; }
int nvmlDeviceGetSupportedEventTypes(void *h, unsigned long long *out) { (void)h; ENTER; *out = 0x1F; return OK; }
int nvmlDeviceRegisterEvents(void *h, unsigned long long types, void *set) { (void)h; (void)types; (void)set; ENTER; return OK; }
int nvmlEventSetWait_v2(void *set, Event *out, unsigned ms) {
    (void)set; ENTER; char w[64]; int gpu; unsigned long long xid;
    if (fact(&s, "xid", told, w, sizeof w) && sscanf(w, "%d %llu", &gpu, &xid) == 2) {
        told++;
        *out = (Event){ (void *)(intptr_t)(gpu + 1), 8, xid, 0xFFFFFFFF, 0xFFFFFFFF };
        return OK;
    }
    struct timespec t = { ms / 1000, (ms % 1000) * 1000000L };
    nanosleep(&t, NULL);
    return TIMEOUT;
}

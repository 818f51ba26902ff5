/*
 * Loaded into a process by LD_PRELOAD: writes down, in their order, what the process asks of the files in one folder. What is
 * asked is done as ever. The records are read by recording.ts, which has their shape.
 *
 * MILLRACE_RECORD_FOLDER: the folder, as an absolute path. MILLRACE_RECORD_TO: the file that the records are appended to; several
 * processes may share it.
 *
 * MILLRACE_FAIL_SYNCS: a file with a number, once it is there: every so many syncs one is not done, and fails.
 *
 * A write is told when it was done; a sync before it begins and when it is done, for only what was written before it began is
 * on the disk then. Memory that is shared between SQLite's processes (-shm) is no part of what a disk keeps.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define MOST_FILES 4096

struct tracked {
  char path[PATH_MAX];
  ino_t inode;
};

struct __attribute__((packed)) head {
  uint8_t kind;
  uint32_t thread;
  uint64_t inode;
  uint64_t offset;
  uint32_t path_length;
  uint32_t other_path_length;
  uint32_t data_length;
};

static struct tracked *files[MOST_FILES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char folder[PATH_MAX];
static size_t folder_length;
static int recording = -1;
static char failures[PATH_MAX];
static int syncs;

__attribute__((constructor)) static void begin(void) {
  const char *within = getenv("MILLRACE_RECORD_FOLDER");
  const char *to = getenv("MILLRACE_RECORD_TO");
  if (within == NULL || to == NULL) return;
  const char *fails = getenv("MILLRACE_FAIL_SYNCS");
  if (fails != NULL) snprintf(failures, sizeof failures, "%s", fails);
  snprintf(folder, sizeof folder, "%s", within);
  folder_length = strlen(folder);
  recording = (int)syscall(SYS_openat, AT_FDCWD, to, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

static void tell(char kind, ino_t inode, uint64_t offset, const char *path, const char *other, const struct iovec *data,
                 int count, size_t length) {
  struct head head = {(uint8_t)kind, (uint32_t)syscall(SYS_gettid), inode, offset, (uint32_t)strlen(path),
                      (uint32_t)strlen(other), (uint32_t)length};
  struct iovec parts[3 + 64];
  int used = 3;
  parts[0] = (struct iovec){&head, sizeof head};
  parts[1] = (struct iovec){(void *)path, strlen(path)};
  parts[2] = (struct iovec){(void *)other, strlen(other)};
  for (int at = 0; at < count && length > 0; at++) {
    if (used == 3 + 64) abort();
    size_t part = data[at].iov_len < length ? data[at].iov_len : length;
    parts[used++] = (struct iovec){data[at].iov_base, part};
    length -= part;
  }
  size_t whole = 0;
  for (int at = 0; at < used; at++) whole += parts[at].iov_len;
  /* A record that is not whole makes all that follows unreadable. */
  if (syscall(SYS_writev, recording, parts, used) != (long)whole) abort();
}

static int is_recorded(const char *path) {
  if (recording < 0 || strncmp(path, folder, folder_length) != 0) return 0;
  if (path[folder_length] != '/' && path[folder_length] != '\0') return 0;
  size_t length = strlen(path);
  return length < 4 || strcmp(path + length - 4, "-shm") != 0;
}

static void track(int file, const char *path, int flags) {
  if (file < 0 || file >= MOST_FILES) return;
  struct stat found;
  int saved = errno;
  pthread_mutex_lock(&lock);
  free(files[file]);
  files[file] = NULL;
  if (is_recorded(path) && fstat(file, &found) == 0) {
    files[file] = malloc(sizeof **files);
    snprintf(files[file]->path, PATH_MAX, "%s", path);
    files[file]->inode = found.st_ino;
    if ((flags & O_CREAT) != 0) tell('O', found.st_ino, 0, path, "", NULL, 0, 0);
    if ((flags & O_TRUNC) != 0) tell('T', found.st_ino, 0, path, "", NULL, 0, 0);
  }
  pthread_mutex_unlock(&lock);
  errno = saved;
}

/* Whether what is open here is a file of the folder: its number may be another's by now. */
static int find(int file, struct tracked *found) {
  if (recording < 0 || file < 0 || file >= MOST_FILES) return 0;
  struct stat now;
  int saved = errno;
  pthread_mutex_lock(&lock);
  int is_ours = files[file] != NULL && fstat(file, &now) == 0 && now.st_ino == files[file]->inode;
  if (is_ours) *found = *files[file];
  pthread_mutex_unlock(&lock);
  errno = saved;
  return is_ours;
}

static void tell_written(int file, off_t offset, const struct iovec *data, int count, ssize_t written) {
  struct tracked found;
  if (written <= 0 || !find(file, &found)) return;
  int saved = errno;
  if (offset < 0) offset = lseek(file, 0, SEEK_CUR) - written;
  tell('W', found.inode, (uint64_t)offset, found.path, "", data, count, (size_t)written);
  errno = saved;
}

#define OPEN(name, real_call, path, ...)                                       \
  int name(__VA_ARGS__, ...) {                                                 \
    mode_t mode = 0;                                                           \
    if ((flags & (O_CREAT | O_TMPFILE)) != 0) {                                \
      va_list rest;                                                            \
      va_start(rest, flags);                                                   \
      mode = va_arg(rest, mode_t);                                             \
      va_end(rest);                                                            \
    }                                                                          \
    int file = real_call;                                                      \
    track(file, path, flags);                                                  \
    return file;                                                               \
  }

OPEN(open, REAL(open)(path, flags, mode), path, const char *path, int flags)
OPEN(open64, REAL(open64)(path, flags, mode), path, const char *path, int flags)
OPEN(openat, REAL(openat)(at, path, flags, mode), path, int at, const char *path, int flags)
OPEN(openat64, REAL(openat64)(at, path, flags, mode), path, int at, const char *path, int flags)

int close(int file) {
  if (file >= 0 && file < MOST_FILES && recording >= 0) {
    pthread_mutex_lock(&lock);
    free(files[file]);
    files[file] = NULL;
    pthread_mutex_unlock(&lock);
  }
  return REAL(close)(file);
}

ssize_t write(int file, const void *data, size_t length) {
  ssize_t written = REAL(write)(file, data, length);
  tell_written(file, -1, &(struct iovec){(void *)data, length}, 1, written);
  return written;
}

ssize_t writev(int file, const struct iovec *data, int count) {
  ssize_t written = REAL(writev)(file, data, count);
  tell_written(file, -1, data, count, written);
  return written;
}

#define PWRITE(name)                                                           \
  ssize_t name(int file, const void *data, size_t length, off_t offset) {      \
    ssize_t written = REAL(name)(file, data, length, offset);                  \
    tell_written(file, offset, &(struct iovec){(void *)data, length}, 1, written); \
    return written;                                                            \
  }
PWRITE(pwrite)
PWRITE(pwrite64)

#define PWRITEV(name)                                                          \
  ssize_t name(int file, const struct iovec *data, int count, off_t offset) {  \
    ssize_t written = REAL(name)(file, data, count, offset);                   \
    tell_written(file, offset, data, count, written);                          \
    return written;                                                            \
  }
PWRITEV(pwritev)
PWRITEV(pwritev64)

#define TRUNCATE(name)                                                         \
  int name(int file, off_t size) {                                             \
    int failed = REAL(name)(file, size);                                       \
    struct tracked found;                                                      \
    if (failed == 0 && find(file, &found))                                     \
      tell('T', found.inode, (uint64_t)size, found.path, "", NULL, 0, 0);      \
    return failed;                                                             \
  }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

static int fails_now(void) {
  if (failures[0] == '\0') return 0;
  char text[16] = "";
  int file = (int)syscall(SYS_openat, AT_FDCWD, failures, O_RDONLY | O_CLOEXEC, 0);
  if (file < 0) return 0;
  long length = syscall(SYS_read, file, text, sizeof text - 1);
  syscall(SYS_close, file);
  int every = length > 0 ? atoi(text) : 0;
  return every > 0 && __atomic_add_fetch(&syncs, 1, __ATOMIC_SEQ_CST) % every == 0;
}

#define SYNC(name)                                                             \
  int name(int file) {                                                         \
    struct tracked found;                                                      \
    int is_ours = find(file, &found);                                          \
    if (is_ours) tell('S', found.inode, 0, found.path, "", NULL, 0, 0);        \
    if (is_ours && fails_now()) {                                              \
      tell('F', found.inode, 0, found.path, "", NULL, 0, 0);                   \
      errno = EIO;                                                             \
      return -1;                                                               \
    }                                                                          \
    int failed = REAL(name)(file);                                             \
    if (is_ours && failed == 0) tell('E', found.inode, 0, found.path, "", NULL, 0, 0); \
    return failed;                                                             \
  }
SYNC(fsync)
SYNC(fdatasync)

int rename(const char *from, const char *to) {
  int failed = REAL(rename)(from, to);
  if (failed == 0 && is_recorded(to)) tell('R', 0, 0, from, to, NULL, 0, 0);
  return failed;
}

int unlink(const char *path) {
  int failed = REAL(unlink)(path);
  if (failed == 0 && is_recorded(path)) tell('U', 0, 0, path, "", NULL, 0, 0);
  return failed;
}

int rmdir(const char *path) {
  int failed = REAL(rmdir)(path);
  if (failed == 0 && is_recorded(path)) tell('U', 0, 0, path, "", NULL, 0, 0);
  return failed;
}

int mkdir(const char *path, mode_t mode) {
  int failed = REAL(mkdir)(path, mode);
  if (failed == 0 && is_recorded(path)) tell('M', 0, 0, path, "", NULL, 0, 0);
  return failed;
}

/* What would write without being told: then there is no recording. */
#define NOT_RECORDED(file, what)                                               \
  {                                                                            \
    struct tracked found;                                                      \
    if (find(file, &found)) {                                                  \
      fprintf(stderr, "%s of %s is not recorded\n", what, found.path);         \
      abort();                                                                 \
    }                                                                          \
  }

int posix_fallocate(int file, off_t offset, off_t length) {
  NOT_RECORDED(file, "posix_fallocate")
  return REAL(posix_fallocate)(file, offset, length);
}

#define SENDFILE(name)                                                         \
  ssize_t name(int to, int from, off_t *from_at, size_t length) {              \
    NOT_RECORDED(to, #name)                                                    \
    return REAL(name)(to, from, from_at, length);                              \
  }
SENDFILE(sendfile)
SENDFILE(sendfile64)

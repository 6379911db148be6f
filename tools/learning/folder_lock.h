/* A folder that one process works in. The lock ends with the process, however it ends. */
#ifndef LRPOT_TOOL_FOLDER_LOCK_H
#define LRPOT_TOOL_FOLDER_LOCK_H

typedef struct folder_lock {
    int file;
} folder_lock;
#define FOLDER_LOCK_NONE \
    {                    \
        -1               \
    }

/* Makes the folder if it is not there. Returns GO_ON, or an exit code after a message. */
int folder_lock_take(folder_lock *lock, const char *folder);
void folder_lock_release(folder_lock *lock);

#endif

/* Folder that a test program works in: what a test leaves behind, an assertion ending it early,
 * goes with the folder. */
#ifndef LRPOT_TEST_SCRATCH_FOLDER_H
#define LRPOT_TEST_SCRATCH_FOLDER_H

/* Makes the folder below TMPDIR or /tmp and enters it. Relative paths in LRPOT_DATA and
 * LRPOT_SOURCE_ROOT, and what stands for them, become absolute. */
void scratch_folder_enter(void);
/* Leaves and removes it, with all that is in it. */
void scratch_folder_remove(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target over the files of its corpus folders: what was found once stays found. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

static int run_file(const char *folder, const char *name)
{
    static uint8_t bytes[1 << 20];
    char path[4096];
    size_t length;
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "rb");
    if (!file)
        return 0;
    length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    LLVMFuzzerTestOneInput(bytes, length);
    return 1;
}

int main(int argc, char **argv)
{
    int count = 0;

    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        struct dirent *entry;

        while (folder && (entry = readdir(folder)) != NULL)
            if (entry->d_name[0] != '.')
                count += run_file(argv[i], entry->d_name);
        if (folder)
            closedir(folder);
    }
    LLVMFuzzerTestOneInput(NULL, 0);
    printf("%d inputs\n", count);
    return count > 0 ? 0 : 1;
}

/* The content of a file, in memory from malloc; NULL if it is empty or cannot be read. */
#ifndef READ_FILE_H
#define READ_FILE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void *read_file(const char *path, uint64_t *bytes)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) {
        return NULL;
    }
    long size = ftell(file);
    void *content = size > 0 ? malloc((size_t)size) : NULL;
    rewind(file);
    if (content && fread(content, 1, (size_t)size, file) != (size_t)size) {
        content = NULL;
    }
    fclose(file);
    *bytes = (uint64_t)size;
    return content;
}

#endif

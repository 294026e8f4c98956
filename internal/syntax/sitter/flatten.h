#ifndef DOCK2EDGE_FLATTEN_H
#define DOCK2EDGE_FLATTEN_H

#include <stdint.h>

// flat_node is one node of the copied tree, in file order. parent, first and next are indexes or -1.
typedef struct {
  uint8_t kind;
  uint8_t field;
  uint16_t reserved;
  uint32_t start, end;
  int32_t parent, first, next;
} flat_node;

// flat_tables translate a grammar's symbols and fields. Both tables are indexed by tree-sitter's ids.
typedef struct {
  const uint8_t *kinds;
  const uint8_t *fields;
  // leaf[kind] is 1 when the children of such a node are left out.
  const uint8_t *leaf;
  uint32_t symbols;
  uint8_t skipped, error;
  uint32_t max_depth;
} flat_tables;

typedef struct {
  flat_node *nodes;
  uint32_t count;
  // too_deep counts nodes whose children were left out because of max_depth.
  uint32_t too_deep;
  int32_t status; // 0: parsed, 1: no memory, 2: the grammar does not fit the library, 3: given up
} flat_tree;

void flat_use_system_allocator(void);
flat_tree flat_parse(const void *language, const char *text, uint32_t length, const flat_tables *tables);

#endif

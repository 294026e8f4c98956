#include "flatten.h"

#include <stdbool.h>
#include <stdlib.h>

// The part of tree-sitter's C API that is used here. The library itself is compiled into the module that package sitter
// imports; its header is not on the include path of other modules, and these declarations are stable since 0.20.
typedef struct TSLanguage TSLanguage;
typedef struct TSParser TSParser;
typedef struct TSTree TSTree;
typedef struct {
  uint32_t context[4];
  const void *id;
  const TSTree *tree;
} TSNode;
typedef struct {
  const void *tree;
  const void *id;
  uint32_t context[3];
} TSTreeCursor;

TSParser *ts_parser_new(void);
void ts_parser_delete(TSParser *self);
bool ts_parser_set_language(TSParser *self, const TSLanguage *language);
TSTree *ts_parser_parse_string(TSParser *self, const TSTree *old_tree, const char *string, uint32_t length);
void ts_tree_delete(TSTree *self);
TSNode ts_tree_root_node(const TSTree *self);
uint16_t ts_node_symbol(TSNode self);
uint32_t ts_node_start_byte(TSNode self);
uint32_t ts_node_end_byte(TSNode self);
TSTreeCursor ts_tree_cursor_new(TSNode node);
void ts_tree_cursor_delete(TSTreeCursor *self);
TSNode ts_tree_cursor_current_node(const TSTreeCursor *self);
uint16_t ts_tree_cursor_current_field_id(const TSTreeCursor *self);
bool ts_tree_cursor_goto_first_child(TSTreeCursor *self);
bool ts_tree_cursor_goto_next_sibling(TSTreeCursor *self);
bool ts_tree_cursor_goto_parent(TSTreeCursor *self);
void ts_set_allocator(void *(*new_malloc)(size_t), void *(*new_calloc)(size_t, size_t),
                      void *(*new_realloc)(void *, size_t), void (*new_free)(void *));

void flat_use_system_allocator(void) { ts_set_allocator(NULL, NULL, NULL, NULL); }

// level is one step on the way from the root to the current node.
typedef struct {
  int32_t parent, last;
} level;

// grow makes room for one more element; it returns false when there is no memory.
static bool grow(void **items, uint32_t *capacity, uint32_t count, size_t size) {
  if (count < *capacity) return true;
  uint32_t larger = *capacity * 2;
  void *moved = realloc(*items, (size_t)larger * size);
  if (moved == NULL) return false;
  *items = moved;
  *capacity = larger;
  return true;
}

static uint8_t kind_of(uint16_t symbol, const flat_tables *tables) {
  return symbol < tables->symbols ? tables->kinds[symbol] : tables->error;
}

// copy_tree walks the cursor in file order and appends every node that is not skipped.
static void copy_tree(TSTreeCursor *cursor, const flat_tables *tables, flat_tree *out, uint32_t capacity) {
  uint32_t depth = 0, level_capacity = 64;
  level *levels = malloc(level_capacity * sizeof(level));
  out->status = 1;
  if (levels == NULL) return;
  levels[0] = (level){-1, -1};
  for (;;) {
    TSNode node = ts_tree_cursor_current_node(cursor);
    uint8_t kind = kind_of(ts_node_symbol(node), tables);
    if (kind != tables->skipped) {
      if (!grow((void **)&out->nodes, &capacity, out->count, sizeof(flat_node))) goto done;
      int32_t id = (int32_t)out->count++;
      level *top = &levels[depth];
      out->nodes[id] = (flat_node){
          .kind = kind,
          .field = tables->fields[ts_tree_cursor_current_field_id(cursor)],
          .start = ts_node_start_byte(node),
          .end = ts_node_end_byte(node),
          .parent = top->parent,
          .first = -1,
          .next = -1,
      };
      if (top->last >= 0) {
        out->nodes[top->last].next = id;
      } else if (top->parent >= 0) {
        out->nodes[top->parent].first = id;
      }
      top->last = id;
      if (!tables->leaf[kind]) {
        if (depth + 1 >= tables->max_depth) {
          out->too_deep++;
        } else if (ts_tree_cursor_goto_first_child(cursor)) {
          if (!grow((void **)&levels, &level_capacity, depth + 1, sizeof(level))) goto done;
          levels[++depth] = (level){id, -1};
          continue;
        }
      }
    }
    while (!ts_tree_cursor_goto_next_sibling(cursor)) {
      if (!ts_tree_cursor_goto_parent(cursor)) {
        out->status = 0;
        goto done;
      }
      depth--;
    }
  }
done:
  free(levels);
}

flat_tree flat_parse(const void *language, const char *text, uint32_t length, const flat_tables *tables) {
  flat_tree out = {NULL, 0, 0, 1};
  TSParser *parser = ts_parser_new();
  if (parser == NULL) return out;
  if (!ts_parser_set_language(parser, (const TSLanguage *)language)) {
    ts_parser_delete(parser);
    out.status = 2;
    return out;
  }
  TSTree *tree = ts_parser_parse_string(parser, NULL, text, length);
  uint32_t capacity = length / 6 + 64;
  out.nodes = malloc((size_t)capacity * sizeof(flat_node));
  if (tree != NULL && out.nodes != NULL) {
    TSTreeCursor cursor = ts_tree_cursor_new(ts_tree_root_node(tree));
    copy_tree(&cursor, tables, &out, capacity);
    ts_tree_cursor_delete(&cursor);
  }
  if (tree != NULL) ts_tree_delete(tree);
  ts_parser_delete(parser);
  return out;
}

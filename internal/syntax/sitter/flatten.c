// clock_gettime is not part of C11.
#define _POSIX_C_SOURCE 200809L

#include "flatten.h"

#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

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

typedef struct {
  uint32_t row, column;
} TSPoint;
typedef struct {
  void *payload;
  const char *(*read)(void *payload, uint32_t byte_index, TSPoint position, uint32_t *bytes_read);
  int encoding; // 0: UTF-8
  int32_t (*decode)(const uint8_t *string, uint32_t length, int32_t *code_point);
} TSInput;
typedef struct {
  void *payload;
  uint32_t current_byte_offset;
  bool has_error;
} TSParseState;
typedef struct {
  void *payload;
  bool (*progress_callback)(TSParseState *state);
} TSParseOptions;

TSParser *ts_parser_new(void);
void ts_parser_delete(TSParser *self);
bool ts_parser_set_language(TSParser *self, const TSLanguage *language);
TSTree *ts_parser_parse_with_options(TSParser *self, const TSTree *old_tree, TSInput input, TSParseOptions options);
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

// text_input is the text being parsed, and when to give up on it.
typedef struct {
  const char *text;
  uint32_t length;
  double deadline;
} text_input;

static const char *read_text(void *payload, uint32_t byte_index, TSPoint position, uint32_t *bytes_read) {
  (void)position;
  text_input *input = payload;
  if (byte_index >= input->length) {
    *bytes_read = 0;
    return "";
  }
  *bytes_read = input->length - byte_index;
  return input->text + byte_index;
}

// thread_seconds is the processor time of this thread. Unlike the time of day it does not depend on what else runs.
static double thread_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

// give_up is called now and then by the parser. Text of the language takes half a second for a megabyte on a slow machine.
// Recovery from errors takes time that grows with the square of the text when nothing in it fits the grammar (another
// language, data), and there is nothing to be learned from such text.
static bool give_up(TSParseState *state) {
  const text_input *input = state->payload;
  return thread_seconds() > input->deadline;
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
  text_input source = {text, length, thread_seconds() + 2 + 8 * (double)length / (1 << 20)};
  TSInput input = {.payload = &source, .read = read_text};
  TSParseOptions options = {.payload = &source, .progress_callback = give_up};
  TSTree *tree = ts_parser_parse_with_options(parser, NULL, input, options);
  if (tree == NULL) {
    ts_parser_delete(parser);
    out.status = 3;
    return out;
  }
  uint32_t capacity = length / 6 + 64;
  out.nodes = malloc((size_t)capacity * sizeof(flat_node));
  if (out.nodes != NULL) {
    TSTreeCursor cursor = ts_tree_cursor_new(ts_tree_root_node(tree));
    copy_tree(&cursor, tables, &out, capacity);
    ts_tree_cursor_delete(&cursor);
  }
  ts_tree_delete(tree);
  ts_parser_delete(parser);
  return out;
}

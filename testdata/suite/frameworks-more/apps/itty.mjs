import { createServerAdapter } from '@whatwg-node/server';
import { createServer } from 'node:http';
import { AutoRouter, error, json, withParams } from 'itty-router';

const router = AutoRouter({ before: [withParams], missing: () => error(404, 'missing') });
const todos = [{ id: 1, text: 'one' }];
router
  .get('/todos', () => todos)
  .get('/todos/:id', ({ id }) => todos.find((todo) => todo.id === Number(id)) ?? error(404, 'no todo'))
  .post('/todos', async (request) => {
    const todo = { id: todos.length + 1, ...(await request.json()) };
    todos.push(todo);
    return json(todo, { status: 201, headers: { location: `/todos/${todo.id}` } });
  })
  .get('/fail', () => {
    throw new Error('itty failure');
  });

createServer(createServerAdapter(router.fetch)).listen(3000);

const express = require('express');

const app = express();
app.use(express.json());

const todos = new Map();
let nextId = 1;

app.get('/', (req, res) => {
  res.json({ hello: 'world' });
});

app.get('/todos', (req, res) => {
  const { done, limit = 10 } = req.query;
  let list = [...todos.values()];
  if (done !== undefined) list = list.filter((todo) => todo.done === (done === 'true'));
  res.json({ total: list.length, todos: list.slice(0, Number(limit)) });
});

app.post('/todos', (req, res) => {
  if (typeof req.body?.title !== 'string') {
    return res.status(400).json({ error: 'title is required' });
  }
  const todo = { id: nextId++, title: req.body.title, done: false };
  todos.set(todo.id, todo);
  res.status(201).location(`/todos/${todo.id}`).json(todo);
});

app.param('id', (req, res, next, id) => {
  req.todo = todos.get(Number(id));
  if (!req.todo) return res.status(404).json({ error: 'not found' });
  next();
});

app
  .route('/todos/:id')
  .get((req, res) => res.json(req.todo))
  .patch((req, res) => {
    Object.assign(req.todo, req.body);
    res.json(req.todo);
  })
  .delete((req, res) => {
    todos.delete(req.todo.id);
    res.sendStatus(204);
  });

app.listen(3000, () => console.log('listening on 3000'));

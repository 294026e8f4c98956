require('express-async-errors');
const express = require('express');
const asyncHandler = require('express-async-handler');
const { celebrate, Joi, errors, Segments } = require('celebrate');

const app = express();
app.use(express.json());
app.get('/await', async (req, res) => {
  await new Promise((resolve) => process.nextTick(resolve));
  throw Object.assign(new Error('async failure'), { status: 409 });
});
app.get('/handler', asyncHandler(async (req, res) => {
  if (req.query.bad) throw Object.assign(new Error('bad'), { status: 400 });
  res.json(await Promise.resolve({ fine: true }));
}));
app.post('/signup', celebrate({ [Segments.BODY]: Joi.object({ name: Joi.string().required(), age: Joi.number().integer().min(18), role: Joi.string().default('admin') }), [Segments.QUERY]: { token: Joi.string().token().required() } }), (req, res) => res.json(req.body));
app.use(errors());
app.use((err, req, res, next) => res.status(err.status || 500).json({ error: err.message }));
app.listen(3000);

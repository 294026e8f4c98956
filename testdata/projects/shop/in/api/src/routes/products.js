'use strict';

const { Router } = require('express');

const db = require('../db');
const redis = require('../redis');

const router = Router();
const CACHE_KEY = 'products:all';

function present(row) {
  return { id: row.id, name: row.name, priceCents: row.price_cents, stock: row.stock };
}

router.get('/', async (req, res, next) => {
  try {
    const cached = await redis.get(CACHE_KEY);
    if (cached) {
      res.set('X-Cache', 'hit');
      return res.json(JSON.parse(cached));
    }
    const { rows } = await db.query('SELECT * FROM products ORDER BY id');
    const body = { products: rows.map(present) };
    await redis.set(CACHE_KEY, JSON.stringify(body), 'EX', Number(process.env.CACHE_SECONDS) || 30);
    res.set('X-Cache', 'miss');
    res.json(body);
  } catch (error) {
    next(error);
  }
});

router.get('/:id(\\d+)', async (req, res, next) => {
  try {
    const { rows } = await db.query('SELECT * FROM products WHERE id = $1', [req.params.id]);
    if (rows.length === 0) return res.status(404).json({ error: 'no such product' });
    res.json(present(rows[0]));
  } catch (error) {
    next(error);
  }
});

router.post('/', async (req, res, next) => {
  const { name, priceCents, stock = 0 } = req.body;
  if (typeof name !== 'string' || !Number.isInteger(priceCents)) {
    return res.status(422).json({ error: 'name and priceCents are required' });
  }
  try {
    const { rows } = await db.query(
      'INSERT INTO products (name, price_cents, stock) VALUES ($1, $2, $3) RETURNING *',
      [name, priceCents, stock],
    );
    await redis.del(CACHE_KEY);
    res.status(201).location(`/products/${rows[0].id}`).json(present(rows[0]));
  } catch (error) {
    if (error.code === '23505') return res.status(409).json({ error: 'a product of that name exists' });
    if (error.code === '23514') return res.status(422).json({ error: 'the price must not be negative' });
    next(error);
  }
});

module.exports = router;

'use strict';

const { Router } = require('express');

const db = require('../db');
const redis = require('../redis');

const router = Router();

class OutOfStock extends Error {
  constructor(productId) {
    super(`product ${productId} is out of stock`);
    this.status = 409;
  }
}

async function placeOrder(customer, lines) {
  const client = await db.connect();
  try {
    await client.query('BEGIN');
    let total = 0;
    for (const [productId, quantity] of lines) {
      const { rows } = await client.query(
        'UPDATE products SET stock = stock - $2 WHERE id = $1 AND stock >= $2 RETURNING price_cents',
        [productId, quantity],
      );
      if (rows.length === 0) throw new OutOfStock(productId);
      total += rows[0].price_cents * quantity;
    }
    const { rows } = await client.query(
      'INSERT INTO orders (customer, total_cents) VALUES ($1, $2) RETURNING id, created_at',
      [customer, total],
    );
    for (const [productId, quantity] of lines) {
      await client.query('INSERT INTO order_lines VALUES ($1, $2, $3)', [rows[0].id, productId, quantity]);
    }
    await client.query('COMMIT');
    return { id: rows[0].id, customer, totalCents: total, createdAt: rows[0].created_at };
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

router.post('/', async (req, res, next) => {
  const { customer } = req.body;
  try {
    const cart = Object.entries(await redis.hgetall(`cart:${customer}`)).map(([id, n]) => [Number(id), Number(n)]);
    if (cart.length === 0) return res.status(422).json({ error: 'the cart is empty' });
    const order = await placeOrder(customer, cart.sort((a, b) => a[0] - b[0]));
    await redis.multi().del(`cart:${customer}`).del('products:all').incr('orders:count').exec();
    res.status(201).json(order);
  } catch (error) {
    next(error);
  }
});

router.get('/stats', async (req, res, next) => {
  try {
    const { rows } = await db.query('SELECT count(*)::int AS orders, coalesce(sum(total_cents), 0)::int AS total FROM orders');
    res.json({ ...rows[0], counted: Number(await redis.get('orders:count')) || 0 });
  } catch (error) {
    next(error);
  }
});

module.exports = router;

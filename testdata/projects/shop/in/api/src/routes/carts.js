'use strict';

const { Router } = require('express');

const redis = require('../redis');

const router = Router();

const keyOf = (customer) => `cart:${customer}`;

async function read(customer) {
  const lines = await redis.hgetall(keyOf(customer));
  return Object.entries(lines)
    .map(([productId, quantity]) => ({ productId: Number(productId), quantity: Number(quantity) }))
    .sort((a, b) => a.productId - b.productId);
}

router.get('/:customer', async (req, res, next) => {
  try {
    res.json({ customer: req.params.customer, lines: await read(req.params.customer) });
  } catch (error) {
    next(error);
  }
});

router.put('/:customer/:productId(\\d+)', async (req, res, next) => {
  const { customer, productId } = req.params;
  const quantity = Number(req.body.quantity);
  if (!Number.isInteger(quantity) || quantity < 0) {
    return res.status(422).json({ error: 'quantity must be a whole number' });
  }
  try {
    const key = keyOf(customer);
    const change = redis.multi();
    if (quantity === 0) change.hdel(key, productId);
    else change.hset(key, productId, quantity);
    await change.expire(key, 86400).exec();
    res.json({ customer, lines: await read(customer) });
  } catch (error) {
    next(error);
  }
});

router.delete('/:customer', async (req, res, next) => {
  try {
    await redis.del(keyOf(req.params.customer));
    res.status(204).end();
  } catch (error) {
    next(error);
  }
});

module.exports = router;

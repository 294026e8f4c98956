const express = require('express');
const { body, param, query, validationResult, matchedData, checkSchema } = require('express-validator');
const methodOverride = require('method-override');

const app = express();
app.use(methodOverride('X-HTTP-Method-Override'));
app.use(express.json());

const validate = (req, res, next) => {
  const errors = validationResult(req);
  if (!errors.isEmpty()) return res.status(400).json({ errors: errors.array() });
  next();
};

app.post(
  '/users',
  body('email').isEmail().normalizeEmail(),
  body('password').isLength({ min: 8 }).withMessage('too short'),
  body('age').optional().isInt({ min: 18 }).toInt(),
  body('tags.*').isAlphanumeric(),
  body('name').custom(async (value) => {
    if (value === 'taken') throw new Error('name is taken');
  }),
  validate,
  (req, res) => res.status(201).json(matchedData(req)),
);
app.get('/search', query('q').trim().notEmpty().escape(), query('page').default(1).toInt(), validate, (req, res) =>
  res.json(matchedData(req)),
);
app.get('/items/:id', param('id').isUUID(), validate, (req, res) => res.json(req.params));
app.delete('/items', checkSchema({ id: { in: ['query'], isMongoId: true, errorMessage: 'bad id' } }), validate, (req, res) =>
  res.json({ deleted: req.query.id, method: req.method, original: req.originalMethod }),
);

app.listen(process.env.PORT || 3000);

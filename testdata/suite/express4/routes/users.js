const router = require('express').Router();

router.get('/', (req, res) => res.render('users', { title: 'Users', users: req.query.name ? [req.query.name] : [] }));
router.get('/broken', (req, res) => res.render('broken', { title: 'x' }));

module.exports = router;

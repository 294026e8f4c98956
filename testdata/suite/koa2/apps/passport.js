const Koa = require('koa');
const Router = require('koa-router');
const bodyParser = require('koa-bodyparser');
const session = require('koa-session');
const passport = require('koa-passport');
const { Strategy } = require('passport-local');

const users = [{ id: 1, username: 'ann', password: 'secret' }];
passport.serializeUser((user, done) => done(null, user.id));
passport.deserializeUser((id, done) => done(null, users.find((user) => user.id === id) ?? false));
passport.use(
  new Strategy((username, password, done) => {
    const user = users.find((candidate) => candidate.username === username);
    done(null, user && user.password === password ? user : false);
  }),
);

const app = new Koa();
app.keys = ['secret'];
app.use(session({}, app));
app.use(bodyParser());
app.use(passport.initialize());
app.use(passport.session());

const router = new Router();
router.post('/login', passport.authenticate('local', { successRedirect: '/me', failureRedirect: '/failed' }));
router.get('/failed', (ctx) => {
  ctx.status = 401;
  ctx.body = 'failed';
});
router.get('/me', (ctx) => {
  if (!ctx.isAuthenticated()) return ctx.throw(401);
  ctx.body = { id: ctx.state.user.id, name: ctx.state.user.username };
});
router.post('/logout', async (ctx) => {
  await ctx.logout();
  ctx.redirect('/me');
});
app.use(router.routes());
app.on('error', () => {});
app.listen(3000);

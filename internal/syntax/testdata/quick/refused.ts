x = (a: string)
x = <U>f<T>(x)
x = a as A.B.C
x = await f?.<T>(a)
x = sql<Foo>`x`
x = a?.5:b
let x: import("a").B<C>
let x: (string) => any
x = a ? b : await f<T>(x)
x = () => {}\n(y)
let x\n(y)
x = <T>a`b
function f( {}
x = {a = 1}
x = {,
class A { x y }
x = \u0061
if (a
a b
using x = y
x = "a
/* a
const await = 1

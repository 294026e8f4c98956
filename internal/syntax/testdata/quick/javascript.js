x = await (a)
x = await (await a()).b()
x = await a.b()
if (a) {} // c\nb
x = 1 /* c */\ny
class A { a = 1; static b = 2; #c; @d() e() {} @f g = 1; static async *h() {} get i() { return 1 } static { j } "k"() {} }
class A extends B.C(D) {}
export { default as a, b as default } from "c"
export default async function* a() {}
import a, * as b from "c" with { type: "json" }
x = <div className="a" {...b} c={d} e='f &amp; &_g' h><i.j k={<l />} />text &amp; {m} {/* n */}<></></div>
x = <a-b c-d="e">{f ? <g /> : null}</a-b>
var { a = 1, ...b } = c, [d, , ...e] = f
async function f({ a }, [b] = c, ...d) { for await (const x of y) ; }
x = function () { return new.target }
x = import.meta.url + import("a")
x = { a, b() {}, "c": 1, get d() { return 1 }, ...e }
if (a) {} // c\nb
function f() {} // c\nb
function f() {} // c\n\nb
x = function () {} // c\nb
x = () => {} // c\nb
class A {} // c\nb
class A { f() {} // c\n g() {} }
if (a) {} // c\nelse {}
try {} // c\ncatch {} // d\nfinally {} // e\nb
for (;;) {} // c\nb
while (a) {} // c\n// d\nb
{ if (a) {} // c\n}
{ if (a) {} /* c */\n b }
{ if (a) {} /* c */ }
foo(() => {} // c\n)
x = { f() {} // c\n, g: 1 }
x = { f() {} // c\n}
switch (a) { case 1: {} // c\n case 2: }
do {} while (a) // c\nb
x = [() => {} // c\n, 1]
{ x = 1 // c\n}

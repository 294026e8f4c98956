(a, b)
({a, b: c = 1, d = 2, ...e} = f);
++f<T>(x).y
@dec export class A {}
@dec() class B {}
[a, b.c, d = 1, ...e] = f
a ??= b; a += 1; delete a.b; void 0; a++; --b
a: for (;;) break a
a\n++b
abstract class A<T> extends B<T> implements C { private readonly x: number = 1; static y = 2; z?: string; constructor(private a: string, public readonly b = 2) { super() } get q(): T { return 1 } async *g() {} abstract m(): void; m2(a: string): void; @dec() foo() {} @dec bar = 1; static { x } [k: string]: any; "str"() {} [comp]() {} #p = 1; override z() {} declare q: string }
await a.b<T>(x)!
await f<T>(x) + 1
await f<T>(x) as Y
await f<T>(x).then(b)
class A extends f<T>(x) {}
class A { accessor x = 1 }
const enum A { B }
const f = async <T,>(a: T): Promise<T> => { }
declare const a: string; b
declare global { interface X {} }
declare module "x" { let y }
do x(); while (y)
enum A { B, C = 1, "d" = 2 }
export * as y from "x"
export * from "x"
export = x
export default abstract class A {}
export default async () => 1
export default class {}
export default function () {}
export default function f() {}
export type { D } from "x"
export { a as b, default as c, type D }
f = x => a as T
for (;;) {}
for (const k in o) {}
for (const x of y) {}
for (i = 0; i < 1; ) {}
for (let i = 0; i < n; i++) f()
for (x of y) {}
for await (const x of y) {}
function f(): void;
function f(a): a is string {}
function f(a, b = 1, {c, d: e = 2, ...g}: X = {}, [h, , i = 3]: Y) : Promise<void> { }
function f(this: T, a?: string, ...rest: any[]): asserts a is string {}
if (a) b; else c
if (a) b; else if (c) d
if (a) return x // c
if (a) { } else { }
import * as ns from "x"
import A = B.C
import d, * as e from "x" with { type: "json" }
import d, { e } from "x"
import type X from "y"
import type { X, type Z } from "y"
import x = require("y")
import { default as d, type T, a as b } from "m"
label: x
let a!: string, b: T
let x: A.B.C<T>
let x: typeof import("a")
let {a} = b
module A { }
namespace A.B { let x = 1 }
switch (a) { case 1: b; break; default: c }
throw x; debugger; return
try { } catch (e: any) { } finally { }
type A = { a: string }; let x
var a = 1, b
while (a) { }
x = !!f<T>(a)
x = !a as T
x = !a!
x = !await f<T>(a)
x = !f<T>(a)
x = () => f<T>(x)
x = -f<T>(a)
x = /re/g.test(a)
x = <T>a.b
x = <any>a + b
x = [...f<T>(x)]
x = `a${b}c\n${`d`}`
x = a + b * f<T>(x) - c
x = a + b as T
x = a + b!
x = a + b<T>
x = a + f<T>(x)
x = a < b
x = a === b as T
x = a === f<T>(x).y && b
x = a => { }; y = async a => b; z = (a, b) => c; w = async (a) => b
x = a ? b : c as T
x = a ? f<T>(x) : g<T>(y)
x = a ?? b as T
x = a ?? f<T>(x)
x = a as A.B
x = a as A.B | C
x = a as A.B<T>
x = a as A.B["c"]
x = a as A.B[]
x = a as A["c"]
x = a as A[number]
x = a as A[number][]
x = a as B<A.B.C>
x = a as Foo<T>
x = a as T === b
x = a as any as B[]
x = a as any<T>(x)
x = a as const
x = a as keyof typeof b
x = a as string
x = a as typeof b
x = a as unknown as T
x = a as unknown[]
x = a in b, #p in c
x = a satisfies T
x = a || b as T
x = a || f<T>(x)
x = a! + f<T>(x)
x = a! < b
x = a, b
x = a.b!.c![0]!()
x = a.b?.c<T>(x)
x = a<b, c>(d)
x = a<b>
x = a?.b?.[c]?.(d)
x = async () => await f<T>(x)
x = await !f<T>(a)
x = await a ? 1 : 2
x = await a as T
x = await a!
x = await a.b() + c
x = await a.b<T>(x)<U>(z)
x = await a<T>
x = await f!<T>(x)
x = await f(a)<T>(b)
x = await f<T>(x)?.a
x = await new Foo<T>(y)
x = class A extends (b) {}
x = f<A.B.C>(x)
x = f<T>(a)
x = f<T>(x) + g<U>(y)
x = function* g() { yield* a; yield }
x = import.meta.url; y = import("z"); class A { x = new.target }
x = new Map<string, T>
x = new Map<string, T>()
x = typeof a!
x = typeof f<T>(a)
x = undefined
x = yield a as T
x = yield f<T>(x)
x = { ...f<T>(x) }
x = { a, b: 1, "c": 2, [d]: 3, e() {}, get f() { return 1 }, async *g() {}, ...h, 4: 5 }
x = a ? b : f<T>(x)
x = a ? (b) : c => d
x = a ? (b): c => d : e
x = (a, b)
x = (a)
x = ({ a }) => a
x = ([a, b]: T) => b
x = async <T>(a: T) => a
const f = (a?: string, b: number = 1): void => {}
function f<T extends keyof U, U = {}>(a: T[], ...b: [x: string, y?: number]): a is string { return true }
type A<T> = T extends (infer U extends string)[] ? { [K in keyof U as `a${K}`]-?: U[K] } : never; x
type B = new (a: string) => C; type D = abstract new () => E; x
interface I<T> extends J<T>, K { (a: string): void; new (b: number): I; readonly [k: string]: any; get a(): string; m?(): void /* c */ } // d
let a: typeof b.c<T>[], d: unique symbol, e: -1 | "x" | `y${string}`, f: (() => void)[], g: import("x").Y
function f(a: string): void\nfunction f(a: number): void\nfunction f(a: any) {}
declare module "x" { export const y: string }\nx
declare function f(): void; x
export declare const a: string
export default interface A { b: string }
export abstract class A { protected abstract b(): void; public abstract readonly c: string; static #d?: string; private static async *e() {} }
class A { [k: string]: any; readonly [l: string]: B; "a": string; 1 = 2; get; set; static; async; b!: C; @d() e: F; @g h() {} @i @j static k = () => {} }
class A extends B<C>() implements D, E.F<G> {}
class A<T> { constructor(@Inject(X) private readonly a: B, public b?: C) {} }
class A {\n  a = 1\n  b = 2\n  c() {}\n}
if (a) {} // c\nb
if (a) {} // c\nelse {} // d
x = 1 // c
foo(() => {\n} // c\n)
class A {} // c\nb
return\nx
x = a\n  ? b // c\n  : d
for (const [a, { b = 1 }] of c) ;
for (var k in a, b) continue
for (x.y of z) break
x = `a${{ b: `c${d}` }.b}e`
x = /[/\]]\/(?<a>b)/giu.test("a/b") / c
x = a / b / c
x = a++ / 2
x = {} / 1
x = 'it\'s' + "\"" + ''
x = 0x1F + 1_000n + .5e-3 + 1.e5 + 0b11
x = a ?.b
x = a >= b >> c >>> d
a >>= b; a >>>= c
x = a ** -b ** c
x = a < b > c
x = a! = b
a!.b = c
x = <T>{ a: 1 }
x = <T,>(a) => a
x = async function* () { for await (const a of b) yield* c }
x = new (a.b())(c).d
x = new a.b.c
x = class { static { a } }
label: for (;;) { continue label }
({ a: [b], c: { d } = {}, ...e } = f)
[a = 1, [b], , { c }] = d
var a = { async, get, set, static: 1, get b() { return 1 }, set b(c) {}, async d() {}, *e() {}, async *f() {}, [g]: h, "i"() {}, new: 1 }
export { type A, B as C } from "d"
export * as a from "b"
import a, { type b, c as d } from "e"
import type { A } from "b"
import "a"
import { "a b" as c } from "d"
import a = require("b")
import type from "a"
let type = 1; type = 2
let async = 1; async = async + 1
namespace A.B.C { export const d = 1 }
enum A { B = 1 << 2, C = B | 1, "D", E }
x = a satisfies B as C
x = a as { b: string } | C[]
x = (a as B).c
x = y as const
throw new Error("a")
do { a } while (b)\nc
switch (a) { case 1: case 2: { b } break; default: c }
try { a } catch { b } finally { c }
if (a) b\nelse c
#!/usr/bin/env node\nx
/* a */ x /* b */ = /* c */ y /* d */
debugger
with_ = 1
x = a\n++b
x = y => ({ a })
x = y => { return a }\nb
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
x = f<import("a").B>(c)
x = "\u{1F600}\x41\101\\"

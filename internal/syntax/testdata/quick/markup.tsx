const f = <T,>(a: T) => <div<B> key="a">{a as any}</div>
const g = <T extends U>(a: T): JSX.Element => (<><A.B c={d!} /></>)
x = a < b
x = useState<string | null>(null)
x = <a b="c" {...d}>e &nbsp; f</a>
x = cond && <a />

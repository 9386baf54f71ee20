/** How a lab's page looks: plain, readable, light and dark, on paper as well. */
export const pageStyle = `
:root{color-scheme:light dark;--page:#fdfdfb;--ink:#1d2733;--soft:#5c6875;--line:#d9dee3;--box:#fff;--code:#f0f2f4;--accent:#0f7f6f}
@media(prefers-color-scheme:dark){:root{--page:#12171c;--ink:#e3e8ec;--soft:#9aa7b3;--line:#303a44;--box:#1a2128;--code:#1e262e;--accent:#4cc3b0}}
*{box-sizing:border-box}
body{margin:0 auto;padding:2rem 1.25rem 5rem;max-width:52rem;background:var(--page);color:var(--ink);font:17px/1.6 system-ui,-apple-system,"Segoe UI",sans-serif}
header{display:flex;justify-content:space-between;gap:2rem;align-items:start;border-bottom:1px solid var(--line)}
h1{margin:.1em 0;font-size:2rem;line-height:1.2}h2{margin:0 0 .5rem;font-size:1.35rem;line-height:1.3}
.over{margin:0;color:var(--accent);font-weight:600}header p{color:var(--soft)}
.qr{margin:0;text-align:center;font-size:.8rem}.qr svg{display:block;width:104px;height:104px;background:#fff;padding:6px;border-radius:6px}
nav{font-size:.95rem;columns:2;column-gap:2.5rem;margin:1.25rem 0 0}nav ul{margin:0;padding:0;list-style:none}nav li{break-inside:avoid}
section{padding-top:2.5rem}section+section{border-top:1px solid var(--line);margin-top:2.5rem}
a{color:var(--accent)}code{background:var(--code);padding:.1em .35em;border-radius:4px;font:.88em ui-monospace,"Cascadia Code",Menlo,monospace;overflow-wrap:anywhere}
pre{background:var(--code);padding:.9rem 1rem;border-radius:6px;overflow-x:auto}pre code{padding:0;background:none;overflow-wrap:normal}
table{border-collapse:collapse;display:block;overflow-x:auto;font-size:.93rem}th,td{border-bottom:1px solid var(--line);padding:.4rem .8rem .4rem 0;text-align:left;vertical-align:top}
figure{margin:1.5rem 0}.wide{overflow-x:auto}figcaption{color:var(--soft);font-size:.88rem;margin-top:.5rem}
.task,.note{border-left:3px solid var(--accent);padding:.4rem 1rem;background:var(--box);margin:1rem 0}.note{border-color:#b7791f}.task p{margin:.2rem 0}
details{margin:.6rem 0}summary{cursor:pointer;color:var(--accent)}
.quiz>li{margin-bottom:1.2rem}
@media(max-width:40rem){nav{columns:1}header{display:block}.qr{display:none}}
@media print{body{max-width:none;font-size:11pt}section{break-inside:avoid-page}details{display:none}}
`;

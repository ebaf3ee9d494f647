/**
 * The style sheet of reports: both themes, print, and charts. Colours of the signed pair are
 * measured (blue and orange stay apart for every kind of colour vision).
 */
export const styleSheet = `
:root{color-scheme:light dark;
--ground:light-dark(#ffffff,#0e1116);--panel:light-dark(#f6f7f9,#161b22);--line:light-dark(#d8dee4,#2b323b);
--ink:light-dark(#1c2128,#d3dae2);--muted:light-dark(#57606a,#9da7b3);--faint:light-dark(#eaeef2,#1d232b);
--gain:light-dark(#0b6bcb,#4da3ff);--loss:light-dark(#b54708,#ff9f43);
--gain-soft:light-dark(#0b6bcb22,#4da3ff2e);--loss-soft:light-dark(#b5470822,#ff9f432e);
--alarm:light-dark(#8a5a00,#f5c542);--danger:#c62828}
:root[data-theme=light]{color-scheme:light}:root[data-theme=dark]{color-scheme:dark}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;font-variant-numeric:tabular-nums}
main,header.top,footer.base{max-width:1120px;margin:0 auto;padding:0 24px}
h1{font-size:26px;line-height:1.2;margin:0;letter-spacing:-.01em}
h2{font-size:18px;margin:0;display:inline}
h3{font-size:14px;margin:22px 0 6px;font-weight:650}
p{margin:6px 0}small{font-size:12px}
a{color:var(--gain)}
.muted,.sub{color:var(--muted)}.sub{margin-top:4px}
.gain{color:var(--gain)}.loss{color:var(--loss)}
.na{color:var(--muted)}.line{white-space:nowrap}
:focus-visible{outline:2px solid var(--gain);outline-offset:2px}
.ribbon{font-weight:700;letter-spacing:.08em;font-size:12px;text-align:center;padding:5px 24px;color:var(--ink)}
.ribbon span{background:var(--ground);padding:0 10px;border-radius:3px}
.ribbon.backtest,.ribbon.replay{border-bottom:2px solid var(--muted)}
.ribbon.drill,.ribbon.rehearse{background:repeating-linear-gradient(135deg,var(--faint) 0 8px,var(--muted) 8px 10px);}
.ribbon.paper{outline:2px solid var(--muted);outline-offset:-2px}
.ribbon.shadow{outline:2px dashed var(--muted);outline-offset:-2px}
.ribbon.live{background:var(--danger);color:#fff}.ribbon.live span{background:none}
header.top{padding-top:22px;display:flex;gap:16px;align-items:flex-start;justify-content:space-between}
nav{max-width:1120px;margin:14px auto 0;padding:0 24px;font-size:13px;display:flex;flex-wrap:wrap;gap:4px 14px}
nav a{color:var(--muted);text-decoration:none}nav a:hover{color:var(--ink);text-decoration:underline}
.tools{display:none;gap:6px;flex-wrap:wrap;justify-content:flex-end;flex:none;max-width:100%}header.top>div:first-child{min-width:0}.scripted .tools{display:flex}
button{font:inherit;font-size:12px;color:var(--ink);background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:4px 10px;cursor:pointer}
button:hover{border-color:var(--muted)}
.verdict{font-size:19px;line-height:1.4;margin:18px 0 14px;padding-left:14px;border-left:4px solid var(--muted);font-weight:550}
.verdict.up{border-color:var(--gain)}.verdict.down{border-color:var(--loss)}
.kpis{display:grid;grid-template-columns:repeat(6,minmax(0,1fr));gap:1px;background:var(--line);border:1px solid var(--line);border-radius:10px;overflow:hidden;margin:0}
.kpis div{background:var(--ground);padding:11px 13px}
.kpis dt{font-size:12px;color:var(--muted)}
.kpis dd{margin:2px 0 0;font-size:21px;font-weight:620;letter-spacing:-.01em;line-height:1.25}
.kpis dd small{display:block;font-weight:400;font-size:11.5px;color:var(--muted);letter-spacing:0;line-height:1.35}
.kpis .na{font-size:15px;font-weight:500}.kpis .na small{display:inline}.kpis dd>small .na,.kpis dd>small .na small{font-size:inherit;font-weight:400}
.kpis .provisional,.paired .provisional>*{color:var(--muted)}
.page{display:grid;margin-bottom:16px;grid-template-columns:minmax(0,1.15fr) minmax(0,1fr);gap:16px;align-items:stretch}.page .kpis{grid-template-columns:repeat(2,minmax(0,1fr))}.page .scroll{margin:0;border:1px solid var(--line);border-radius:10px}
.paired{min-width:100%}.paired caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.paired td,.paired th{white-space:normal;padding:6px 12px;line-height:1.25}.paired tbody td:nth-child(2){font-size:17px;font-weight:620}.paired td small{display:block;font-weight:400;font-size:11.5px;color:var(--muted)}.paired .na{font-size:13px;font-weight:500}.paired .na small{display:inline}.paired tbody tr:last-child>*{border-bottom:0}
.box{background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:12px 15px;margin:0 0 16px;font-size:13px}
.box h3{margin:0 0 6px}.box ul{columns:2;column-gap:34px}.box li{break-inside:avoid}
.box ul{margin:0;padding-left:18px}.box li{margin:0 0 4px}
.warnings{border-color:var(--alarm);border-left:6px solid var(--alarm)}
.warnings li{list-style:'\\26A0\\FE0E  ';}
.notice{border:2px solid var(--danger);border-radius:8px;padding:8px 14px;font-weight:600;margin:14px 0}
.facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:3px 14px;margin:0;font-size:13px}
.facts dt{color:var(--muted)}.facts dd{margin:0;overflow-wrap:anywhere}
section,details.section{margin:30px 0 0;border-top:1px solid var(--line);padding-top:14px}
details.section>summary{cursor:pointer;list-style-position:outside}
summary::marker{color:var(--muted)}
details.twin{font-size:13px;margin:2px 0 10px}details.twin>summary{color:var(--muted);cursor:pointer;width:max-content}
figure{margin:10px 0 4px}figcaption{font-size:13px;color:var(--muted);margin:0 0 4px}
.plot{overflow-x:auto;position:relative}
svg[role=img]{display:block;width:100%;height:auto;min-width:640px;font-family:inherit}
.small svg[role=img]{min-width:320px}
svg text{fill:var(--muted);font-size:11px}
svg text.end{text-anchor:end}svg text.mid{text-anchor:middle}
svg text.pane{font-size:11.5px;fill:var(--ink)}
svg text.label{fill:var(--ink);font-size:12px}svg text.strong{font-weight:650}
.grid{stroke:var(--line);stroke-width:1;opacity:.55;shape-rendering:crispEdges}
.zero{stroke:var(--muted);stroke-width:1;shape-rendering:crispEdges}
.edge{stroke:var(--line);fill:none;shape-rendering:crispEdges}
.curve{fill:none;stroke:var(--ink);stroke-width:1.5;stroke-linejoin:round}
.curve.equity{stroke-width:1.8}
.curve.thin{stroke-width:1;stroke:var(--muted)}
.curve.dense{opacity:.55}
.curve.bench{stroke:var(--muted);stroke-dasharray:6 4}
.curve.gain{stroke:var(--gain)}.curve.loss{stroke:var(--loss)}
.fill-gain{fill:var(--gain)}.fill-loss{fill:var(--loss)}.fill-muted{fill:var(--muted)}.fill-ink{fill:var(--ink)}
svg .bubble{fill-opacity:.8}.ring-gain{fill:var(--ground);stroke:var(--gain);stroke-width:2.5}.ring-loss{fill:var(--ground);stroke:var(--loss);stroke-width:2.5}.outlined{stroke:var(--muted)}
.soft-gain{fill:var(--gain-soft)}.soft-loss{fill:var(--loss-soft)}.soft{fill:var(--faint)}
.mark{stroke:var(--ground);stroke-width:1}
.link{stroke-width:1.2;opacity:.8}.link.gain{stroke:var(--gain)}.link.loss{stroke:var(--loss);stroke-dasharray:4 2}
.whisker{stroke:var(--ink);stroke-width:1.2}
.hatch{stroke:var(--muted);stroke-width:1.5;opacity:.6}.gap{fill:url(#hatch)}
.stretch *,.stretch-x *{vector-effect:non-scaling-stroke}
.pane-box.log{display:none}figure:has(.log-switch:checked) .pane-box.log{display:inline}figure:has(.log-switch:checked) .pane-box.linear{display:none}
.switch{font-size:12px;color:var(--muted);display:inline-flex;gap:5px;align-items:center;cursor:pointer;margin-right:12px}.switch input{margin:0;accent-color:var(--gain)}
.above{display:flex;justify-content:space-between;align-items:end;gap:16px;margin-bottom:4px}.switches{display:flex;align-items:center;flex:none}.zoom{display:flex;gap:4px}.keys{display:none;font-size:12px;color:var(--muted)}.scripted .keys{display:block}kbd{font:inherit;border:1px solid var(--line);border-radius:4px;padding:0 4px}.zoom .reset{display:none}.zoomed .zoom .reset{display:block}.zoom button{min-width:28px}
.plot[tabindex]{cursor:crosshair}.plot svg{touch-action:auto;user-select:none}
.span{fill:var(--gain-soft);stroke:var(--gain);pointer-events:none}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.cursor{stroke:var(--muted);stroke-dasharray:3 3;pointer-events:none}
.readout{position:absolute;top:4px;right:8px;background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:3px 9px;font-size:12px;pointer-events:none;white-space:pre}
.scroll{overflow-x:auto;margin:6px 0}.tall{max-height:520px;overflow-y:auto;border:1px solid var(--line);border-radius:8px}
.tall .scroll{overflow:visible;margin:0}.tall thead th{position:sticky;top:0;background:var(--panel)}
table{border-collapse:collapse;font-size:13px;min-width:100%}
caption{text-align:left;color:var(--muted);font-size:13px;padding:2px 0 4px}
.tall caption,.months caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
th,td{padding:4px 10px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--faint)}
th:first-child,td:first-child{text-align:left}
thead th{color:var(--muted);font-weight:550;border-bottom:1px solid var(--line);vertical-align:bottom}
tbody th{font-weight:450}
tbody tr:hover>*{background:var(--faint)}
table.text td{text-align:left;white-space:normal}table.text thead th{text-align:left}
button.sort{font:inherit;color:inherit;background:none;border:0;padding:0;margin:0;text-align:inherit;letter-spacing:inherit}button.sort:hover{text-decoration:underline}
th[aria-sort=descending] .sort::after{content:' \\25BE'}th[aria-sort=ascending] .sort::after{content:' \\25B4'}
table.plain{min-width:0}
table.compare td{white-space:normal}
.months td,.months th{text-align:center;padding:5px 6px}.months th:first-child{text-align:left}
.months td.total{font-weight:650;border-left:2px solid var(--line)}
.hours td,.hours th{padding:4px 3px;font-size:11px}
.heat td{text-align:center;padding:6px 8px;min-width:74px}
.heat td small{display:block;color:inherit;opacity:.8}
.heat td.best,.heat td.plateau{outline:2px solid var(--ink);outline-offset:-2px}.heat td.plateau{outline-style:dashed}
.bar{display:inline-block;height:9px;border-radius:2px;background:var(--muted);vertical-align:baseline;min-width:1px}
.bar.gain{background:var(--gain)}.bar.loss{background:var(--loss)}
.pair td,.pair th{white-space:normal}.pair>div{min-width:0}td:has(.bar){text-align:left}
table.stats td{white-space:normal}table.stats{table-layout:fixed;width:100%;min-width:860px}table.stats th:first-child{width:18%}table.stats th:nth-child(4){width:15%}
.facts.wide{grid-template-columns:repeat(3,max-content minmax(0,1fr))}
.pair{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:8px 26px}
code{font:12px/1.45 ui-monospace,"Cascadia Mono","Liberation Mono",monospace;overflow-wrap:anywhere}
footer.base{margin-top:36px;padding-top:16px;padding-bottom:40px;border-top:1px solid var(--line);font-size:13px}
@media screen and (max-width:1000px){.kpis{grid-template-columns:repeat(4,minmax(0,1fr))}}@media screen and (max-width:860px){.pair{grid-template-columns:minmax(0,1fr)}.facts.wide{grid-template-columns:max-content minmax(0,1fr)}main,header.top,footer.base,nav{padding-left:14px;padding-right:14px}.kpis dd{font-size:18px}.kpis{grid-template-columns:repeat(2,minmax(0,1fr))}header.top{flex-direction:column}.box ul{columns:1}.tools{justify-content:flex-start}.above{flex-direction:column;align-items:start;gap:4px}.page{grid-template-columns:minmax(0,1fr)}.page .kpis{grid-template-columns:repeat(2,minmax(0,1fr))}}
@media screen and (max-width:700px){svg[role=img],.small svg[role=img]{min-width:0;overflow:visible}svg text{font-size:24px}svg text.pane,svg text.label{font-size:26px}.plot{padding:10px 4px 10px 12px}
.scroll{background:linear-gradient(90deg,var(--ground) 40%,transparent) 0 0/32px 100% no-repeat local,linear-gradient(270deg,var(--ground) 40%,transparent) 100% 0/32px 100% no-repeat local,linear-gradient(90deg,var(--muted),transparent) 0 0/10px 100% no-repeat scroll,linear-gradient(270deg,var(--muted),transparent) 100% 0/10px 100% no-repeat scroll}
svg .aside{display:none}svg .amount{transform:translateX(80px)}
.months:not(.hours) thead{display:none}.months:not(.hours) tr{display:grid;grid-template-columns:repeat(4,minmax(0,1fr))}.months:not(.hours) th{grid-column:1/-1}.months td[data-month]::before{content:attr(data-month);display:block;font-size:11px;color:var(--muted)}}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
@page{size:auto;margin:14mm}
@media print{:root,:root[data-theme]{color-scheme:light}h1{font-size:20px}h2{font-size:14px}.kpis div{padding:6px 8px}header.top{padding-top:10px}.verdict{margin:10px 0}.box li{margin:2px 0}figcaption,caption{font-size:10px}body{font-size:11px;-webkit-print-color-adjust:exact;print-color-adjust:exact}.tools,nav{display:none!important}.kpis dd{font-size:15px}.verdict{font-size:15px}main,header.top,footer.base{max-width:none;padding-left:0;padding-right:0}section,details.section{margin-top:16px;padding-top:8px}figure,.box,.kpis,tr{break-inside:avoid}h2,h3{break-after:avoid}.tall{max-height:none;overflow:visible;border:0}.plot,.scroll{overflow:visible}svg[role=img]{min-width:0}th,td{padding:2px 6px}table,.facts,.box{font-size:10px}details.twin,.switches,.keys{display:none!important}a[href^=http]::after{content:" (" attr(href) ")"}.hours td,.hours th{font-size:8px;padding:1px 2px}.tall table{font-size:8.5px}.tall th,.tall td{padding:1px 4px}.front{zoom:.78;break-after:page}.front section{margin-top:8px;padding-top:4px}.front figcaption{margin:0}table.stats{min-width:0}.paired td,.paired th{padding:1px 8px}.page .kpis div{padding:3px 8px}.paired tbody td:nth-child(2){font-size:13px}.paired td small,.kpis dd small,.paired .na,.kpis dt,small{font-size:9px!important}.page{gap:10px;margin-bottom:10px}.box{padding:8px 12px;margin-bottom:10px}.notice{padding:4px 10px;margin:8px 0}.sub{line-height:1.35}}
`.trim()

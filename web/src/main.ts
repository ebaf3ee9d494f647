import { mount } from 'svelte'
import './app.css'
import App from './App.svelte'
import { namedEngine, readFleet } from './lib/fleet.svelte.ts'
import { forClipboard } from './lib/format.ts'
import Overview from './Overview.svelte'

const target = document.getElementById('app')
if (target === null) throw new Error('the page has no #app')
const fleet = await readFleet()
if (fleet === null) mount(App, { target, props: { engines: [] } })
else if (fleet.engines.some(({ name }) => name === namedEngine())) {
  mount(App, { target, props: { engines: fleet.engines.map(({ name }) => name) } })
} else mount(Overview, { target })

// On screen a real minus sign, on the clipboard an ASCII one that programs can read.
document.addEventListener('copy', (event) => {
  const active = document.activeElement
  if (active instanceof HTMLInputElement || active instanceof HTMLTextAreaElement) return
  const text = String(document.getSelection() ?? '')
  if (text === '' || event.clipboardData === null) return
  event.clipboardData.setData('text/plain', forClipboard(text))
  event.preventDefault()
})

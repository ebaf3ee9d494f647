import { mount } from 'svelte'
import './app.css'
import App from './App.svelte'
import { forClipboard } from './lib/format.ts'

const target = document.getElementById('app')
if (target === null) throw new Error('the page has no #app')
mount(App, { target })

// On screen a real minus sign, on the clipboard an ASCII one that programs can read.
document.addEventListener('copy', (event) => {
  const active = document.activeElement
  if (active instanceof HTMLInputElement || active instanceof HTMLTextAreaElement) return
  const text = String(document.getSelection() ?? '')
  if (text === '' || event.clipboardData === null) return
  event.clipboardData.setData('text/plain', forClipboard(text))
  event.preventDefault()
})

// Package transport is what browsers and mail servers speak to: pages, forms,
// the live websocket, mail. It decides nothing about an interview: it checks who
// asks (a link, a PIN, a login), reads the request strictly, passes a
// nextup.Order in at one door and writes the answer.
//
//	browser -> middleware.go   headers, host, origin, body limit, log, recover
//	        -> routes.go       every URL on one screen
//	        -> <page>.go       one file a page: read, ask Sessions, render
//	        -> live.go         one websocket a live page; wire.go is its schema
//	        <- render.go       pages of package web, in the reader's language
//	        <- errors.go       a refusal's code -> status and text
//
// Who somebody is follows from his link alone (links.go): links and PINs are
// derived from a key with HMAC, so the database holds none. GET and HEAD never
// change anything: mail scanners follow links, and some run scripts.
//
// What this package needs from the rest it declares itself: Sessions and Media in
// ports.go, the database beside each user (see Store). PROTOCOL.md is the wire;
// a test holds wire.go to it.
package transport

// Package web is what browsers and mail readers get: pages, mails, styles,
// scripts, texts, icons and the vendored design system. It is files; this is
// its only Go file, and it imports nothing but embed.
//
//	pages/   html/template pages; layout.html says which functions they may call
//	mails/   templates of mails
//	css/     tokens.css first, then base, components, one file per kind of page, print.css last
//	js/      ES modules, served as they are; types are JSDoc, checked by tsc (js/tsconfig.json)
//	i18n/    sv.json, en.json, nb.json: the same keys and placeholders, for server and browser
//	icons/   one SVG sprite
//	vendor/  other people's files, unchanged, each with LICENSE and VERSION
//
// Styles and scripts name each other by relative paths, so they are to be
// served together under one prefix that changes with their content.
package web

import "embed"

// Files holds every file of this folder's subfolders under the paths they have here, such as "css/tokens.css".
//
//go:embed pages mails css js i18n icons vendor
var Files embed.FS

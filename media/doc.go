// Package media is being built.
package media

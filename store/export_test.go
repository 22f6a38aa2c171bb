package store

// For tests outside the package, which can use storetest.
var (
	Encode = encode
	Decode = decode
)

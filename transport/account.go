package transport

// Staff is what the pages about colleagues and one's own account need of the database.
type Staff interface{}

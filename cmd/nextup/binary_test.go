package main

func closeBinaries() {}

import "millrace";

using System.Globalization;
using TlsProxy.SystemCallFilter;
using TlsProxy.SystemCallFilter.Interop;

// Becomes PROGRAM, under a seccomp filter that answers the system calls named by their numbers with errors, as a container's does.
var end = Array.IndexOf(args, "--");
if (end < 1 || end == args.Length - 1)
{
    Console.Error.WriteLine("usage: TlsProxy.SystemCallFilter CALL=ERRNO… -- PROGRAM [ARGUMENT…]");
    return 2;
}

var refusals = args[..end].Select(argument => argument.Split('='))
    .Select(parts => (uint.Parse(parts[0], CultureInfo.InvariantCulture), ushort.Parse(parts[1], CultureInfo.InvariantCulture)));
Process.Confine(FilterProgram.Refusing([.. refusals]));
Process.Become(args[end + 1], args[(end + 1)..]);
return 1;

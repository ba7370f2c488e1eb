using System.Globalization;
using TlsProxy.SystemCallFilter;
using TlsProxy.SystemCallFilter.Interop;

// Becomes PROGRAM under a seccomp filter, as a container engine sets one: a profile's, or one that answers some calls with errors.
var end = Array.IndexOf(args, "--");
if (end < 1 || end == args.Length - 1)
{
    Console.Error.WriteLine("usage: TlsProxy.SystemCallFilter {--profile FILE | CALL=ERRNO…} -- PROGRAM [ARGUMENT…]");
    return 2;
}

if (args[0] == "--profile")
{
    Profile.Load(args[1]);
}
else
{
    using var filter = new Filter(Filter.Allow);
    foreach (var parts in args[..end].Select(argument => argument.Split('=')))
        filter.Add(Filter.Fail(ushort.Parse(parts[1], CultureInfo.InvariantCulture)), parts[0], []);
    filter.Load();
}

Execution.Become(args[end + 1], args[(end + 1)..]);
return 1;

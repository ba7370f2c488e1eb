using System.Globalization;
using System.Net;

namespace TlsProxy.Proxy.Workers;

/// <summary>Finds the process that listens on an address, by proc_pid_fd(5) and the tables of proc_pid_net(5). Processes of other users
/// aren't found.</summary>
internal static class PortHolder
{
    // A line: number, local address, remote address, state, queues, timer, retransmissions, user, timeout, inode.
    private const int AddressColumn = 1;
    private const int StateColumn = 3;
    private const int InodeColumn = 9;
    private const string Listening = "0A";

    // Before an IPv4 address that a socket of IPv6 has.
    private const string Mapped = "0000000000000000FFFF0000";

    private static readonly string[] s_tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>The process as <c>process 1234 (nginx)</c>; null where it isn't found.</summary>
    public static string? Find(IPEndPoint endPoint)
    {
        var sockets = Tables()
            .Where(columns => columns[StateColumn] == Listening && Holds(columns[AddressColumn], endPoint))
            .Select(columns => $"socket:[{columns[InodeColumn]}]")
            .ToHashSet();
        return sockets.Count == 0
            ? null
            : Directory.EnumerateDirectories("/proc").Select(folder => Describe(folder, sockets)).FirstOrDefault(text => text is not null);
    }

    private static IEnumerable<string[]> Tables() => s_tables
        .Where(File.Exists)
        .SelectMany(table => File.ReadLines(table).Skip(1))
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(columns => columns.Length > InodeColumn);

    /// <summary>Whether a socket at an address of the table keeps another from the end point: the same port, and the same or any
    /// address.</summary>
    private static bool Holds(string entry, IPEndPoint endPoint)
    {
        var address = entry[..^5];
        if (address.StartsWith(Mapped, StringComparison.Ordinal))
            address = address[Mapped.Length..];
        return entry.EndsWith(endPoint.Port.ToString("X4", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            && (address == Hex(endPoint.Address) || IsAny(address) || IsAny(Hex(endPoint.Address)));
    }

    private static bool IsAny(string address) => address.All(digit => digit == '0');

    /// <summary>An address as the tables have it: words of 32 bits in the machine's order.</summary>
    private static string Hex(IPAddress address) =>
        string.Concat(address.GetAddressBytes().Chunk(4).Select(
            word => BitConverter.ToUInt32(word).ToString("X8", CultureInfo.InvariantCulture)));

    private static string? Describe(string folder, HashSet<string> sockets)
    {
        var process = Path.GetFileName(folder);
        if (!process.All(char.IsAsciiDigit))
            return null;
        try
        {
            var links = Directory.EnumerateFiles(Path.Combine(folder, "fd")).Select(LinkTarget);
            return links.Any(target => target is not null && sockets.Contains(target))
                ? $"process {process} ({File.ReadAllText(Path.Combine(folder, "comm")).Trim()})"
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile, or is another user's.
            return null;
        }
    }

    private static string? LinkTarget(string file)
    {
        try
        {
            return new FileInfo(file).LinkTarget;
        }
        catch (IOException)
        {
            // The descriptor has been closed meanwhile.
            return null;
        }
    }
}

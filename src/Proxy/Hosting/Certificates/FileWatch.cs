using System.Globalization;
using System.Text;
using TlsProxy.Handshake.Certificates;

namespace TlsProxy.Proxy.Hosting.Certificates;

/// <summary>Notices that files have changed and have come to rest. It looks at them when asked, so that it works for links that are turned to other files,
/// as certbot and container platforms do, and on every file system.</summary>
/// <param name="files">The files, which may not exist.</param>
internal sealed class FileWatch(Func<IReadOnlyList<string>> files)
{
    private string _used = Look(files()) ?? string.Empty;
    private string _lastSeen = string.Empty;

    /// <summary>Whether the files differ from those last used, and didn't change since the question before: who writes several is done by then.</summary>
    public bool HasSettledChange()
    {
        if (Look(files()) is not { } seen)
            return false;
        var settled = seen == _lastSeen && seen != _used;
        _lastSeen = seen;
        if (settled)
            _used = seen;
        return settled;
    }

    /// <summary>The files are being used as they are now.</summary>
    public void Use() => _used = Look(files()) ?? _used;

    /// <returns>Null where descriptors are short: nothing is known of the files then.</returns>
    private static string? Look(IReadOnlyList<string> files)
    {
        var text = new StringBuilder();
        foreach (var path in files)
        {
            if (Look(path) is not { } state)
                return null;
            text.Append(path).Append(' ').Append(state).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Length and time of what a path leads to, after all links.</summary>
    private static string? Look(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            return string.Create(CultureInfo.InvariantCulture, $"{RandomAccess.GetLength(file)} {File.GetLastWriteTimeUtc(file).Ticks}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return FileErrors.IsShortage(exception) ? null : exception.GetType().Name;
        }
    }
}

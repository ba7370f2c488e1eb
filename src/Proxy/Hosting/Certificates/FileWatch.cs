using System.Globalization;
using System.Text;
using TlsProxy.Handshake.Files;

namespace TlsProxy.Proxy.Hosting.Certificates;

/// <summary>Notices that files have changed and have come to rest. It looks at them when asked, so that it works for links that are turned
/// to other files, as certbot and container platforms do, and on every file system.</summary>
/// <param name="files">The files, which may not exist.</param>
internal sealed class FileWatch(Func<IReadOnlyList<string>> files)
{
    private string _used = Look(files());
    private string _lastSeen = string.Empty;

    /// <summary>Whether the files differ from those last used, and didn't change since the question before:
    /// who writes several is done by then.</summary>
    public bool HasSettledChange()
    {
        var seen = Look(files());
        var settled = seen == _lastSeen && seen != _used;
        _lastSeen = seen;
        if (settled)
            _used = seen;
        return settled;
    }

    /// <summary>The files are being used as they are now.</summary>
    public void Use() => _used = Look(files());

    private static string Look(IReadOnlyList<string> files)
    {
        var text = new StringBuilder();
        foreach (var path in files)
            text.Append(path).Append(' ').Append(Look(path)).Append('\n');
        return text.ToString();
    }

    /// <summary>Length, time and permissions of what a path leads to, after all links. Nothing is opened: descriptors may be
    /// short.</summary>
    private static string Look(string path)
    {
        try
        {
            var (kind, mode, length, modified) = FileStatus.Of(path);
            // Reading a pipe changes its time.
            return kind == FileKind.Regular
                ? string.Create(CultureInfo.InvariantCulture, $"{length} {modified} {(int)mode}")
                : kind.ToString();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.GetType().Name;
        }
    }
}

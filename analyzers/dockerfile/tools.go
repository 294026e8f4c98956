package dockerfile

// tool is a program that apps start, with what can do its work instead.
type tool struct {
	// packages are names of system packages that bring it, binaries the names it is started by.
	packages, binaries []string
	// clients are npm packages that start it.
	clients []string
	title   string
	instead string
}

// tools are the programs that Node.js apps are known to start.
func tools() []tool {
	return []tool{
		{[]string{"ffmpeg"}, []string{"ffmpeg", "ffprobe"}, []string{"fluent-ffmpeg", "@ffmpeg-installer/ffmpeg", "ffmpeg-static"}, "ffmpeg", "Cloudflare Stream, Media Transformations or a container"},
		{[]string{"imagemagick", "graphicsmagick", "imagemagick6", "ImageMagick", "GraphicsMagick"}, []string{"convert", "magick", "mogrify", "identify", "gm", "montage"},
			[]string{"gm", "imagemagick", "easyimage"}, "ImageMagick", "the Images binding"},
		{[]string{"chromium", "chromium-browser", "google-chrome-stable", "firefox", "firefox-esr", "chromium-headless-shell"},
			[]string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "firefox"},
			[]string{"puppeteer", "puppeteer-core", "playwright", "playwright-core", "playwright-chromium"}, "a browser", "Browser Rendering"},
		{[]string{"ghostscript"}, []string{"gs", "ps2pdf"}, []string{"ghostscript4js", "node-gs"}, "Ghostscript", "a container"},
		{[]string{"wkhtmltopdf"}, []string{"wkhtmltopdf", "wkhtmltoimage"}, []string{"wkhtmltopdf"}, "wkhtmltopdf", "Browser Rendering"},
		{[]string{"libreoffice", "libreoffice-writer", "libreoffice-core", "unoconv"}, []string{"soffice", "libreoffice", "unoconv"}, []string{"libreoffice-convert"}, "LibreOffice", "a container"},
		{[]string{"poppler-utils"}, []string{"pdftotext", "pdftoppm", "pdfinfo", "pdftocairo", "pdfimages"}, []string{"pdf-poppler", "node-poppler", "pdf2pic"}, "Poppler", "a container, or a PDF library in JavaScript"},
		{[]string{"tesseract-ocr", "tesseract"}, []string{"tesseract"}, []string{"node-tesseract-ocr"}, "Tesseract", "Workers AI or a container"},
		{[]string{"pandoc"}, []string{"pandoc"}, []string{"node-pandoc", "pandoc-filter"}, "Pandoc", "a container"},
		{[]string{"exiftool", "libimage-exiftool-perl"}, []string{"exiftool"}, []string{"exiftool-vendored", "node-exiftool"}, "ExifTool", "an EXIF library in JavaScript"},
		{[]string{"sox"}, []string{"sox", "play", "rec"}, []string{"sox-audio"}, "SoX", "a container"},
		{[]string{"yt-dlp", "youtube-dl"}, []string{"yt-dlp", "youtube-dl"}, []string{"youtube-dl-exec", "yt-dlp-exec"}, "yt-dlp", "a container"},
		{[]string{"git"}, []string{"git"}, []string{"simple-git", "nodegit", "gift", "git-exec-and-stage"}, "git", "isomorphic-git or the host's HTTP interface"},
		{[]string{"openssh-client", "openssh", "rsync"}, []string{"ssh", "scp", "sftp", "rsync"}, []string{"rsync", "node-ssh"}, "SSH", "an HTTP interface, or a container"},
		{[]string{"curl", "wget"}, []string{"curl", "wget"}, []string{"node-libcurl"}, "curl", "fetch()"},
		{[]string{"postgresql-client", "postgresql16-client", "postgresql15-client"}, []string{"psql", "pg_dump", "pg_restore"}, nil, "PostgreSQL's client programs", "a step of the deployment"},
		{[]string{"mysql-client", "default-mysql-client", "mariadb-client"}, []string{"mysql", "mysqldump"}, []string{"mysqldump"}, "MySQL's client programs", "a step of the deployment"},
		{[]string{"zip", "unzip", "p7zip", "p7zip-full", "tar"}, []string{"zip", "unzip", "7z", "7za", "tar"}, []string{"node-7z"}, "archivers", "an archive library in JavaScript"},
		{[]string{"python3", "python", "python3-pip"}, []string{"python", "python3"}, []string{"python-shell", "pythonia"}, "Python", "a Worker in Python or a container"},
		{[]string{"openjdk-17-jre", "openjdk-17-jre-headless", "default-jre", "openjdk17-jre", "openjdk-21-jre"}, []string{"java"}, []string{"java", "node-java"}, "Java", "a container"},
		{[]string{"cron", "cronie", "dcron", "busybox-suid"}, []string{"crond", "cron"}, nil, "cron", "cron triggers"},
		{[]string{"supervisor", "s6-overlay", "runit"}, []string{"supervisord", "s6-svscan", "runsvdir"}, nil, "a process manager", "one Worker for each process"},
	}
}

SELECT title FROM ms_albums WHERE year = ${year} ORDER BY title
